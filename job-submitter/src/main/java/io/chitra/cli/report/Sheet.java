package io.chitra.cli.report;

import java.util.List;

/**
 * Pictures of one class at a glance.
 *
 * @param className empty where the pictures have no classes
 * @param pictures how many the class has
 * @param tiles some of them, evenly picked
 */
record Sheet(String className, long pictures, List<Tile> tiles) {
  Sheet {
    tiles = List.copyOf(tiles);
  }
}
