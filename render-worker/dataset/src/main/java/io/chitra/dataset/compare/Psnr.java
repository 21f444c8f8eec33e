package io.chitra.dataset.compare;

/**
 * Peak signal-to-noise ratio of two pictures of 8 bits a channel: 10 log10(255² / MSE), in dB.
 *
 * @see <a href="https://en.wikipedia.org/wiki/Peak_signal-to-noise_ratio">Its definition</a>
 */
public final class Psnr {

  private static final double PEAK = 255;

  private Psnr() {}

  /**
   * Compares all channels as one.
   *
   * @param one samples of 8 bits, unsigned
   * @param other as many
   * @return infinite for equal pictures
   */
  public static double of(byte[] one, byte[] other) {
    if (one.length != other.length || one.length == 0) {
      throw new IllegalArgumentException(
          "Cannot compare pictures of %d and %d bytes".formatted(one.length, other.length));
    }
    long squares = 0;
    for (int i = 0; i < one.length; i++) {
      int difference = (one[i] & 0xff) - (other[i] & 0xff);
      squares += (long) difference * difference;
    }
    return squares == 0
        ? Double.POSITIVE_INFINITY
        : 10 * Math.log10(PEAK * PEAK * one.length / squares);
  }
}
