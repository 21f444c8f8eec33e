package io.chitra.dataset.look;

import java.util.Arrays;

/**
 * How near a picture may come to those of a reference set, learnt from the set: its own pictures
 * are different pictures, so one that is nearer to its nearest than 99 of 100 of them are to theirs
 * is suspected to be a copy. The threshold is the 1st percentile of the nearest distances within
 * the set, interpolated as numpy's {@code percentile} does it.
 */
public final class Calibration {

  private static final double PERCENTILE = 1;

  private Calibration() {}

  /**
   * The threshold for a set.
   *
   * @param nearest of each picture, the distance to the nearest other one of the set
   * @throws IllegalArgumentException when there are none
   */
  public static double threshold(double[] nearest) {
    if (nearest.length == 0) {
      throw new IllegalArgumentException(
          "Cannot calibrate a threshold: it takes two different pictures at least");
    }
    double[] sorted = nearest.clone();
    Arrays.sort(sorted);
    double place = PERCENTILE / 100 * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  }
}
