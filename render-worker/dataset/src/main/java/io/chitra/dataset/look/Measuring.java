package io.chitra.dataset.look;

import io.chitra.dataset.PictureMeasures;
import io.chitra.pixels.Luma;

/** Measures what a picture's pixels have by themselves. Sums are exact, whatever the size. */
public final class Measuring {

  private static final int CHANNELS = 3;
  private static final double LEVELS = 255;

  private Measuring() {}

  /**
   * Measures a picture.
   *
   * @param rgb height x width x 3 bytes, row by row from the top
   */
  public static PictureMeasures measure(int width, int height, byte[] rgb) {
    Sums luma = new Sums();
    byte[] levels = Luma.of(rgb);
    for (byte level : levels) {
      luma.add(level & 0xff);
    }
    Sums red = new Sums();
    Sums green = new Sums();
    Sums blue = new Sums();
    // Hasler and Suesstrunk's opponent colours: R - G, and (R + G) / 2 - B, here twice that
    Sums redGreen = new Sums();
    Sums yellowBlue = new Sums();
    double saturation = 0;
    for (int i = 0; i < rgb.length; i += CHANNELS) {
      int r = rgb[i] & 0xff;
      int g = rgb[i + 1] & 0xff;
      int b = rgb[i + 2] & 0xff;
      red.add(r);
      green.add(g);
      blue.add(b);
      redGreen.add(r - g);
      yellowBlue.add(r + g - 2 * b);
      int most = Math.max(r, Math.max(g, b));
      int least = Math.min(r, Math.min(g, b));
      saturation += most == 0 ? 0 : (double) (most - least) / most;
    }
    return new PictureMeasures(
        PerceptualHash.of(width, height, rgb),
        luma.mean() / LEVELS,
        luma.deviation() / LEVELS,
        red.mean() / LEVELS,
        green.mean() / LEVELS,
        blue.mean() / LEVELS,
        saturation / levels.length,
        colourfulness(redGreen, yellowBlue));
  }

  /**
   * M3 of Hasler and Süsstrunk, Measuring colourfulness in natural images (2003): the length of the
   * opponent colours' deviations, and 0.3 times that of their means.
   */
  private static double colourfulness(Sums redGreen, Sums yellowBlueTwice) {
    return Math.hypot(redGreen.deviation(), yellowBlueTwice.deviation() / 2)
        + 0.3 * Math.hypot(redGreen.mean(), yellowBlueTwice.mean() / 2);
  }

  /** Mean and standard deviation of whole numbers, over all of them. */
  private static final class Sums {
    private long count;
    private long sum;
    private long squares;

    void add(int value) {
      count++;
      sum += value;
      squares += (long) value * value;
    }

    double mean() {
      return (double) sum / count;
    }

    double deviation() {
      double mean = mean();
      return Math.sqrt(Math.max((double) squares / count - mean * mean, 0));
    }
  }
}
