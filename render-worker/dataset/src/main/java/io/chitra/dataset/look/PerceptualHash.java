package io.chitra.dataset.look;

import io.chitra.pixels.Luma;
import io.chitra.pixels.Resampling;
import java.util.Arrays;

/**
 * pHash as Python's {@code imagehash.phash} has it: the signs, against their median, of the 8 x 8
 * lowest frequencies of the picture's luma in 32 x 32 pixels. Pictures that look alike have hashes
 * that differ in few of their 64 bits.
 */
public final class PerceptualHash {

  private static final int SIDE = 32;
  private static final int LOW = 8;

  /** A frequency that is not there comes out of rounding as less than this. */
  private static final double NOTHING = 1e-6;

  /** {@code 2 cos(pi k (2 n + 1) / (2 N))}: scipy's unnormalised DCT of type II. */
  private static final double[][] COSINES = cosines();

  private PerceptualHash() {}

  private static double[][] cosines() {
    double[][] cosines = new double[LOW][SIDE];
    for (int k = 0; k < LOW; k++) {
      for (int n = 0; n < SIDE; n++) {
        cosines[k][n] = 2 * StrictMath.cos(Math.PI * k * (2 * n + 1) / (2 * SIDE));
      }
    }
    return cosines;
  }

  /**
   * The hash of a picture; in hex, it is {@code str} of imagehash's.
   *
   * @param rgb height x width x 3 bytes, row by row from the top
   */
  public static long of(int width, int height, byte[] rgb) {
    return ofLuma(Resampling.LANCZOS.resize(Luma.of(rgb), 1, width, height, SIDE, SIDE));
  }

  private static long ofLuma(byte[] luma) {
    double[] frequencies = lowFrequencies(luma);
    double[] sorted = frequencies.clone();
    Arrays.sort(sorted);
    double median = (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    long hash = 0;
    for (double frequency : frequencies) {
      hash = hash << 1 | (frequency > median ? 1 : 0);
    }
    return hash;
  }

  private static double[] lowFrequencies(byte[] luma) {
    double[][] columns = new double[LOW][SIDE];
    for (int k = 0; k < LOW; k++) {
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          columns[k][x] += COSINES[k][y] * (luma[y * SIDE + x] & 0xff);
        }
      }
    }
    double[] frequencies = new double[LOW * LOW];
    for (int k = 0; k < LOW; k++) {
      for (int l = 0; l < LOW; l++) {
        double sum = 0;
        for (int x = 0; x < SIDE; x++) {
          sum += COSINES[l][x] * columns[k][x];
        }
        frequencies[k * LOW + l] = Math.abs(sum) < NOTHING ? 0 : sum;
      }
    }
    return frequencies;
  }
}
