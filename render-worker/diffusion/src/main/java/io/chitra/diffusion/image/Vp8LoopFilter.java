package io.chitra.diffusion.image;

/**
 * Smooths the edges of blocks in one plane of a decoded VP8 picture, in place (RFC 6386, section
 * 15). Macroblocks are filtered in raster order, in each the left edge, the inner vertical edges,
 * the upper edge and the inner horizontal edges.
 */
final class Vp8LoopFilter {

  private static final int SUBBLOCK = 4;

  /**
   * How strongly a macroblock is filtered.
   *
   * @param edge how far the two sides of an edge may differ and still be smoothed; 0: not filtered
   * @param interior the same for neighbours on one side
   * @param highVariance beyond which difference a side has detail of its own
   */
  record Strength(int edge, int interior, int highVariance) {

    /** Sections 15.2 and 15.3, for key frames. */
    static Strength of(int level, int sharpness) {
      int clipped = Math.min(Math.max(level, 0), 63);
      if (clipped == 0) {
        return new Strength(0, 0, 0);
      }
      int interior = clipped;
      if (sharpness > 0) {
        interior = Math.min(clipped >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
      }
      interior = Math.max(interior, 1);
      int highVariance = clipped >= 40 ? 2 : clipped >= 15 ? 1 : 0;
      return new Strength(2 * clipped + interior, interior, highVariance);
    }
  }

  /** Smooths across the edge before the sample at an index, step being the way across. */
  @FunctionalInterface
  private interface Smoothing {
    void across(int at, int step);
  }

  private final byte[] samples;
  private final Vp8Plane plane;
  private final int side;

  /**
   * @param side of a macroblock in this plane: 16 or 8 samples
   */
  Vp8LoopFilter(Vp8Plane plane, int side) {
    this.samples = plane.samples();
    this.plane = plane;
    this.side = side;
  }

  /** The simple filter, which is for luma only. */
  void simple(int column, int row, Strength strength, boolean inner) {
    int outerLimit = 2 * (strength.edge() + 4) + 1;
    int innerLimit = 2 * strength.edge() + 1;
    filter(
        column,
        row,
        inner,
        (at, step) -> {
          if (difference(at, step) <= outerLimit) {
            smooth2(at, step);
          }
        },
        (at, step) -> {
          if (difference(at, step) <= innerLimit) {
            smooth2(at, step);
          }
        });
  }

  /** The normal filter. */
  void normal(int column, int row, Strength strength, boolean inner) {
    int outerLimit = 2 * (strength.edge() + 4) + 1;
    int innerLimit = 2 * strength.edge() + 1;
    filter(
        column,
        row,
        inner,
        (at, step) -> {
          if (isSmooth(at, step, outerLimit, strength.interior())) {
            if (hasDetail(at, step, strength.highVariance())) {
              smooth2(at, step);
            } else {
              smooth6(at, step);
            }
          }
        },
        (at, step) -> {
          if (isSmooth(at, step, innerLimit, strength.interior())) {
            if (hasDetail(at, step, strength.highVariance())) {
              smooth2(at, step);
            } else {
              smooth4(at, step);
            }
          }
        });
  }

  private void filter(int column, int row, boolean inner, Smoothing outside, Smoothing inside) {
    int at = plane.at(side * column, side * row);
    int down = plane.stride();
    if (column > 0) {
      edge(at, 1, down, outside);
    }
    for (int i = SUBBLOCK; inner && i < side; i += SUBBLOCK) {
      edge(at + i, 1, down, inside);
    }
    if (row > 0) {
      edge(at, down, 1, outside);
    }
    for (int i = SUBBLOCK; inner && i < side; i += SUBBLOCK) {
      edge(at + i * down, down, 1, inside);
    }
  }

  private void edge(int at, int step, int along, Smoothing smoothing) {
    for (int i = 0; i < side; i++) {
      smoothing.across(at + i * along, step);
    }
  }

  private int level(int at) {
    return samples[at] & 0xff;
  }

  private int distance(int at, int other) {
    return Math.abs(level(at) - level(other));
  }

  private int difference(int at, int step) {
    return 4 * distance(at - step, at) + distance(at - 2 * step, at + step);
  }

  private boolean isSmooth(int at, int step, int limit, int interior) {
    return difference(at, step) <= limit
        && distance(at - 4 * step, at - 3 * step) <= interior
        && distance(at - 3 * step, at - 2 * step) <= interior
        && distance(at - 2 * step, at - step) <= interior
        && distance(at + 3 * step, at + 2 * step) <= interior
        && distance(at + 2 * step, at + step) <= interior
        && distance(at + step, at) <= interior;
  }

  private boolean hasDetail(int at, int step, int threshold) {
    return distance(at - 2 * step, at - step) > threshold || distance(at + step, at) > threshold;
  }

  /** Changes one sample on each side. */
  private void smooth2(int at, int step) {
    int outer = clip(level(at - 2 * step) - level(at + step));
    int a = clip(3 * (level(at) - level(at - step)) + outer);
    add(at - step, clip(a + 3) >> 3);
    add(at, -(clip(a + 4) >> 3));
  }

  /** Changes two samples on each side. */
  private void smooth4(int at, int step) {
    int a = clip(3 * (level(at) - level(at - step)));
    int down = clip(a + 4) >> 3;
    add(at - 2 * step, (down + 1) >> 1);
    add(at - step, clip(a + 3) >> 3);
    add(at, -down);
    add(at + step, -((down + 1) >> 1));
  }

  /** Changes three samples on each side. */
  private void smooth6(int at, int step) {
    int outer = clip(level(at - 2 * step) - level(at + step));
    int a = clip(3 * (level(at) - level(at - step)) + outer);
    for (int i = 0; i < 3; i++) {
      int share = (9 * (3 - i) * a + 63) >> 7;
      add(at - (i + 1) * step, share);
      add(at + i * step, -share);
    }
  }

  /** To the range of a signed byte. */
  private static int clip(int value) {
    return Math.min(Math.max(value, Byte.MIN_VALUE), Byte.MAX_VALUE);
  }

  private void add(int at, int value) {
    samples[at] = (byte) Math.min(Math.max(level(at) + value, 0), 255);
  }
}
