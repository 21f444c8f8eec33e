package io.chitra.diffusion.image;

import java.util.Arrays;

/**
 * A picture that grows beyond its edges: the canvas and mask to inpaint, and the finished picture.
 * Integer arithmetic throughout, so the same pixels on every machine. Immutable, for any thread.
 */
public final class Outpaint {

  /**
   * How far into the new part the seam is blended, in pixels: four latent pixels of most models.
   */
  private static final int SEAM = 32;

  private static final int FRACTION_BITS = 8; // of levels that are spread outwards
  private static final int FADE_BITS = 10;

  private final RgbImage original;
  private final Margins margins;
  private final PictureSize size;

  public Outpaint(RgbImage original, Margins margins) {
    this.original = original;
    this.margins = margins;
    this.size = margins.around(new PictureSize(original.width(), original.height()));
  }

  /** The size of the canvas, the mask and the finished picture. */
  public PictureSize size() {
    return size;
  }

  /**
   * What inpainting begins with: the original, and around it the colours of its edges, the more
   * blurred the farther out.
   */
  public RgbImage canvas() {
    int[] levels = new int[RgbImage.CHANNELS * size.width() * size.height()];
    for (int y = 0; y < original.height(); y++) {
      for (int i = 0; i < RgbImage.CHANNELS * original.width(); i++) {
        int level = original.rgb()[y * RgbImage.CHANNELS * original.width() + i] & 0xff;
        levels[inner(y) + i] = level << FRACTION_BITS;
      }
    }
    spreadOutwards(levels);
    byte[] rgb = new byte[levels.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) rounded(levels[i], FRACTION_BITS);
    }
    return new RgbImage(size.width(), size.height(), rgb);
  }

  /** 255 in the new part, 0 over the original. */
  public GrayImage mask() {
    byte[] mask = new byte[size.width() * size.height()];
    Arrays.fill(mask, (byte) 255);
    for (int y = 0; y < original.height(); y++) {
      int from = inner(y) / RgbImage.CHANNELS;
      Arrays.fill(mask, from, from + original.width(), (byte) 0);
    }
    return new GrayImage(size.width(), size.height(), mask);
  }

  /**
   * The finished picture: exactly the original inside, and outside what was rendered. At the seam
   * the rendered pixels are shifted by how far the original's edge is from what was rendered over
   * it; the shift spreads and fades (smoothstep) over at most the margin.
   *
   * @param rendered the inpainted canvas
   */
  public RgbImage compose(RgbImage rendered) {
    if (rendered.width() != size.width() || rendered.height() != size.height()) {
      throw new IllegalArgumentException(
          "Cannot compose a rendered picture of %d x %d: the canvas is %d x %d"
              .formatted(rendered.width(), rendered.height(), size.width(), size.height()));
    }
    int[] shift = new int[rendered.rgb().length];
    for (int y = 0; y < original.height(); y++) {
      for (int i = 0; i < RgbImage.CHANNELS * original.width(); i++) {
        int level = original.rgb()[y * RgbImage.CHANNELS * original.width() + i] & 0xff;
        int at = inner(y) + i;
        shift[at] = (level - (rendered.rgb()[at] & 0xff)) << FRACTION_BITS;
      }
    }
    spreadOutwards(shift);
    long[] fadeX = fade(margins.left(), original.width(), margins.right());
    long[] fadeY = fade(margins.top(), original.height(), margins.bottom());
    byte[] rgb = new byte[shift.length];
    for (int i = 0; i < rgb.length; i++) {
      int pixel = i / RgbImage.CHANNELS;
      long fade = fadeX[pixel % size.width()] * fadeY[pixel / size.width()];
      long level =
          (rendered.rgb()[i] & 0xff) + rounded(shift[i] * fade, FRACTION_BITS + 2 * FADE_BITS);
      rgb[i] = (byte) Math.min(Math.max(level, 0), 255);
    }
    return new RgbImage(size.width(), size.height(), rgb);
  }

  /** Index of the first value of the original's row y on the canvas. */
  private int inner(int y) {
    return RgbImage.CHANNELS * ((margins.top() + y) * size.width() + margins.left());
  }

  /** Fills the margins from the values inside: above and below first, then whole columns. */
  private void spreadOutwards(int[] values) {
    int column = RgbImage.CHANNELS;
    int row = RgbImage.CHANNELS * size.width();
    int top = inner(0);
    int bottom = inner(original.height() - 1);
    spread(values, new Edge(top, column, original.width()), -row, margins.top());
    spread(values, new Edge(bottom, column, original.width()), row, margins.bottom());
    int left = column * margins.left();
    int right = left + column * (original.width() - 1);
    spread(values, new Edge(left, row, size.height()), -column, margins.left());
    spread(values, new Edge(right, row, size.height()), column, margins.right());
  }

  /**
   * @param start index of its first pixel
   * @param step to the next pixel
   * @param length in pixels
   */
  private record Edge(int start, int step, int length) {}

  /**
   * Fills the lines beyond an edge: at distance d, each value is the mean of the edge's values up
   * to d pixels to either side.
   *
   * @param outwards from a pixel to its neighbour farther out
   */
  private static void spread(int[] values, Edge edge, int outwards, int depth) {
    long[] sums = new long[edge.length() + 1];
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      int start = edge.start() + channel;
      for (int i = 0; i < edge.length(); i++) {
        sums[i + 1] = sums[i] + values[start + i * edge.step()];
      }
      for (int distance = 1; distance <= depth; distance++) {
        for (int i = 0; i < edge.length(); i++) {
          int from = Math.max(i - distance, 0);
          int to = Math.min(i + distance + 1, edge.length());
          values[start + i * edge.step() + distance * outwards] =
              (int) Math.floorDiv(2 * (sums[to] - sums[from]) + to - from, 2L * (to - from));
        }
      }
    }
  }

  /** 1 over the original, falling to 0 on both sides, in units of 2^-FADE_BITS. */
  private static long[] fade(int before, int inside, int after) {
    long[] fade = new long[before + inside + after];
    Arrays.fill(fade, before, before + inside, 1 << FADE_BITS);
    for (int distance = 1; distance <= before; distance++) {
      fade[before - distance] = fade(distance, before);
    }
    for (int distance = 1; distance <= after; distance++) {
      fade[before + inside + distance - 1] = fade(distance, after);
    }
    return fade;
  }

  /** 1 - smoothstep(distance / end): 1 - 3 t^2 + 2 t^3. */
  private static long fade(int distance, int margin) {
    long end = Math.min(margin, SEAM) + 1L;
    if (distance >= end) {
      return 0;
    }
    long cube = end * end * end;
    long risen = distance * (long) distance * (3 * end - 2L * distance);
    return ((cube - risen) << FADE_BITS) / cube;
  }

  /** A fixed-point value rounded to the nearest whole. */
  private static long rounded(long value, int fractionBits) {
    return (value + (1L << (fractionBits - 1))) >> fractionBits;
  }
}
