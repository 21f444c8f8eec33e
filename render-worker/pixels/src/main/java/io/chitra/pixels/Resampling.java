package io.chitra.pixels;

/**
 * Resizes as {@code Image.resize(size, filter)} of Pillow 13 does for 8-bit pictures, bit for bit
 * (Resample.c): a filter that is stretched when it scales down, in fixed point, along the rows and
 * along the columns. Which comes first shows in the last bits, and more where levels are clipped in
 * between: earlier versions of Pillow always begin with the rows.
 */
public enum Resampling {
  /** A triangle. */
  BILINEAR(1),

  /** Keys' cubic convolution with a = -0.5. */
  BICUBIC(2),

  /** A windowed sinc of three lobes. */
  LANCZOS(3);

  private static final int PRECISION_BITS = 32 - 8 - 2;

  private final double support;

  Resampling(double support) {
    this.support = support;
  }

  /**
   * Makes a picture of another size.
   *
   * @param pixels fromHeight x fromWidth x channels levels, row by row from the top
   * @return height x width x channels levels; the same array where nothing changes
   * @throws IllegalArgumentException when a side is less than 1
   */
  public byte[] resize(
      byte[] pixels, int channels, int fromWidth, int fromHeight, int width, int height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Cannot resize a picture to %d x %d: both sides are at least 1".formatted(width, height));
    }
    if (columnsFirst(fromWidth - width, fromHeight - height)) {
      byte[] low = alongColumns(pixels, channels * fromWidth, fromHeight, height);
      return alongRows(low, channels, fromWidth, height, width);
    }
    byte[] wide = alongRows(pixels, channels, fromWidth, fromHeight, width);
    return alongColumns(wide, channels * width, fromHeight, height);
  }

  /** When the height shrinks by more than twice as many pixels as the width. */
  private static boolean columnsFirst(int widthLost, int heightLost) {
    return heightLost > 0 && heightLost > 2L * widthLost;
  }

  /**
   * The weights of source pixels for each target pixel.
   *
   * @param first the first source pixel, by target pixel
   * @param weights from there on, by target pixel, in units of 2^-PRECISION_BITS
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Kernel(int[] first, int[][] weights) {

    /** Resample.c's precompute_coeffs and normalize_coeffs_8bpc. */
    static Kernel of(Resampling filter, int from, int to) {
      double scale = (double) from / to;
      double filterScale = Math.max(scale, 1);
      double support = filter.support * filterScale;
      double step = 1 / filterScale;
      int[] first = new int[to];
      int[][] weights = new int[to][];
      for (int i = 0; i < to; i++) {
        double center = (i + 0.5) * scale;
        first[i] = Math.max((int) (center - support + 0.5), 0);
        int end = Math.min((int) (center + support + 0.5), from);
        double[] exact = new double[end - first[i]];
        double sum = 0;
        for (int k = 0; k < exact.length; k++) {
          exact[k] = filter.weight((k + first[i] - center + 0.5) * step);
          sum += exact[k];
        }
        weights[i] = new int[exact.length];
        for (int k = 0; k < exact.length; k++) {
          weights[i][k] = fixedPoint(sum == 0 ? exact[k] : exact[k] / sum);
        }
      }
      return new Kernel(first, weights);
    }

    private static int fixedPoint(double weight) {
      double scaled = weight * (1 << PRECISION_BITS);
      return (int) (weight < 0 ? scaled - 0.5 : scaled + 0.5);
    }
  }

  private double weight(double x) {
    return switch (this) {
      case BILINEAR -> triangle(x);
      case BICUBIC -> cubic(x);
      case LANCZOS -> lanczos(x);
    };
  }

  private static double triangle(double x) {
    return Math.max(1 - Math.abs(x), 0);
  }

  private static double cubic(double signed) {
    double x = Math.abs(signed);
    double a = -0.5;
    if (x < 1) {
      return ((a + 2) * x - (a + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
  }

  private static double lanczos(double x) {
    return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
  }

  private static double sinc(double x) {
    return x == 0 ? 1 : StrictMath.sin(x * Math.PI) / (x * Math.PI);
  }

  private byte[] alongRows(byte[] pixels, int channels, int from, int height, int to) {
    if (from == to) {
      return pixels;
    }
    Kernel kernel = Kernel.of(this, from, to);
    byte[] resized = new byte[Math.multiplyExact(channels * height, to)];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < to; x++) {
        int[] weights = kernel.weights()[x];
        int first = channels * (y * from + kernel.first()[x]);
        for (int channel = 0; channel < channels; channel++) {
          resized[at++] = weigh(pixels, first + channel, channels, weights);
        }
      }
    }
    return resized;
  }

  private byte[] alongColumns(byte[] pixels, int row, int from, int to) {
    if (from == to) {
      return pixels;
    }
    Kernel kernel = Kernel.of(this, from, to);
    byte[] resized = new byte[Math.multiplyExact(row, to)];
    int at = 0;
    for (int y = 0; y < to; y++) {
      int[] weights = kernel.weights()[y];
      int first = row * kernel.first()[y];
      for (int x = 0; x < row; x++) {
        resized[at++] = weigh(pixels, first + x, row, weights);
      }
    }
    return resized;
  }

  private static byte weigh(byte[] pixels, int first, int step, int[] weights) {
    int sum = 1 << (PRECISION_BITS - 1);
    for (int k = 0; k < weights.length; k++) {
      sum += (pixels[first + k * step] & 0xff) * weights[k];
    }
    return (byte) Math.min(Math.max(sum >> PRECISION_BITS, 0), 255);
  }
}
