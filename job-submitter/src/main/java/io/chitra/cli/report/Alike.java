package io.chitra.cli.report;

import java.util.List;

/**
 * Pictures that are alike.
 *
 * @param pictures how many they are
 * @param tiles the first of them
 */
record Alike(long pictures, List<Tile> tiles) {
  Alike {
    tiles = List.copyOf(tiles);
  }
}
