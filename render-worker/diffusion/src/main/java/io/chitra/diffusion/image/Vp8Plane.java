package io.chitra.diffusion.image;

import java.util.Arrays;

/**
 * One plane of a VP8 picture and the prediction of its blocks (RFC 6386, section 12). Around the
 * samples lies a border: 127 above, 129 to the left, and room to the right for a block's upper
 * right neighbours. For one thread.
 */
final class Vp8Plane {

  /** Prediction modes of whole blocks; of 4 x 4 subblocks the first four and those below. */
  static final int DC = 0;

  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;
  private static final int LEFT_DOWN = 4;
  private static final int RIGHT_DOWN = 5;
  private static final int VERTICAL_RIGHT = 6;
  private static final int VERTICAL_LEFT = 7;
  private static final int HORIZONTAL_DOWN = 8;
  private static final int HORIZONTAL_UP = 9;

  private static final int SUBBLOCK = 4;
  private static final byte ABOVE = 127;
  private static final byte LEFT = (byte) 129;

  private final byte[] samples;
  private final int stride;
  private final int[] edge = new int[3 * SUBBLOCK + 1];
  private final int[] rows = new int[SUBBLOCK * SUBBLOCK];

  Vp8Plane(int width, int height) {
    stride = 1 + width + SUBBLOCK;
    samples = new byte[(1 + height) * stride];
    Arrays.fill(samples, 0, stride, ABOVE);
    for (int y = 0; y < height; y++) {
      samples[at(-1, y)] = LEFT;
    }
  }

  byte[] samples() {
    return samples;
  }

  /** From a sample to the one below it. */
  int stride() {
    return stride;
  }

  int at(int x, int y) {
    return (y + 1) * stride + x + 1;
  }

  int level(int x, int y) {
    return samples[at(x, y)] & 0xff;
  }

  private int level(int at) {
    return samples[at] & 0xff;
  }

  /** Predicts a square of 16 (luma) or 8 (chroma) samples a side. */
  void predict(int mode, int x, int y, int side) {
    int at = at(x, y);
    if (mode == DC) {
      byte mean = (byte) mean(x, y, side);
      for (int row = 0; row < side; row++) {
        Arrays.fill(samples, at + row * stride, at + row * stride + side, mean);
      }
      return;
    }
    int corner = level(at - stride - 1);
    for (int row = 0; row < side; row++) {
      int left = level(at + row * stride - 1);
      for (int column = 0; column < side; column++) {
        int above = level(at - stride + column);
        samples[at + row * stride + column] =
            (byte)
                switch (mode) {
                  case TRUE_MOTION -> clip(left + above - corner);
                  case VERTICAL -> above;
                  default -> left;
                };
      }
    }
  }

  /** Of the row above and the column to the left, as far as they are inside the picture. */
  private int mean(int x, int y, int side) {
    int at = at(x, y);
    int sum = 0;
    int count = 0;
    if (y > 0) {
      for (int i = 0; i < side; i++) {
        sum += level(at - stride + i);
      }
      count += side;
    }
    if (x > 0) {
      for (int i = 0; i < side; i++) {
        sum += level(at + i * stride - 1);
      }
      count += side;
    }
    return count == 0 ? 128 : (sum + count / 2) / count;
  }

  /**
   * Predicts a subblock of 4 x 4 samples.
   *
   * @param upperRight index of the four samples that continue the row above it
   */
  void predictSubblock(int mode, int x, int y, int upperRight) {
    int at = at(x, y);
    for (int i = 0; i < SUBBLOCK; i++) {
      edge[i] = level(at + (SUBBLOCK - 1 - i) * stride - 1); // from the lower left upwards
      edge[5 + i] = level(at - stride + i);
      edge[9 + i] = level(upperRight + i);
    }
    edge[4] = level(at - stride - 1);
    int mean = 4;
    for (int i = 0; i < SUBBLOCK; i++) {
      mean += edge[i] + edge[5 + i];
    }
    for (int row = 0; row < SUBBLOCK; row++) {
      for (int column = 0; column < SUBBLOCK; column++) {
        samples[at + row * stride + column] =
            (byte) (mode == DC ? mean >> 3 : subblockLevel(mode, column, row));
      }
    }
  }

  /** The edge runs from the lower left (0) over the corner (4) to the upper right (12). */
  private int subblockLevel(int mode, int x, int y) {
    return switch (mode) {
      case TRUE_MOTION -> clip(edge[3 - y] + edge[5 + x] - edge[4]);
      case VERTICAL -> mean3(5 + x);
      case HORIZONTAL -> y == 3 ? lowerLeft() : mean3(3 - y);
      case LEFT_DOWN -> x + y == 6 ? upperRight() : mean3(6 + x + y);
      case RIGHT_DOWN -> mean3(4 + x - y);
      case VERTICAL_RIGHT -> {
        int along = x - y / 2;
        if (along < 0) {
          yield mean3(5 - y);
        }
        yield y % 2 == 0 ? mean2(4 + along) : mean3(4 + along);
      }
      case VERTICAL_LEFT -> {
        if (x == 3 && y >= 2) {
          yield mean3(8 + y);
        }
        yield y % 2 == 0 ? mean2(5 + x + y / 2) : mean3(6 + x + y / 2);
      }
      case HORIZONTAL_DOWN -> {
        int along = 2 * y - x;
        if (along < 0) {
          yield mean3(3 - along);
        }
        yield along % 2 == 0 ? mean2(3 - along / 2) : mean3(4 - (along + 1) / 2);
      }
      case HORIZONTAL_UP -> {
        int along = x + 2 * y;
        if (along >= 5) {
          yield along == 5 ? lowerLeft() : edge[0];
        }
        yield along % 2 == 0 ? mean2(2 - along / 2) : mean3(2 - along / 2);
      }
      default -> throw new IllegalArgumentException("No prediction mode " + mode);
    };
  }

  private int mean2(int i) {
    return (edge[i] + edge[i + 1] + 1) >> 1;
  }

  private int mean3(int i) {
    return (edge[i - 1] + 2 * edge[i] + edge[i + 1] + 2) >> 2;
  }

  private int upperRight() {
    return (edge[11] + 3 * edge[12] + 2) >> 2;
  }

  private int lowerLeft() {
    return (edge[1] + 3 * edge[0] + 2) >> 2;
  }

  /** Repeats a row's last sample beyond the picture, as upper right neighbours of the row below. */
  void extendRight(int width, int y) {
    int at = at(width, y);
    Arrays.fill(samples, at, at + SUBBLOCK, samples[at - 1]);
  }

  /** Adds the inverse DCT of 16 coefficients to a subblock (section 14.3). */
  void add(int[] coefficients, int from, int x, int y) {
    for (int i = 0; i < SUBBLOCK; i++) {
      int in = from + i;
      int a = coefficients[in] + coefficients[in + 8];
      int b = coefficients[in] - coefficients[in + 8];
      int c = sine(coefficients[in + 4]) - cosine(coefficients[in + 12]);
      int d = cosine(coefficients[in + 4]) + sine(coefficients[in + 12]);
      rows[i] = a + d;
      rows[4 + i] = b + c;
      rows[8 + i] = b - c;
      rows[12 + i] = a - d;
    }
    for (int i = 0; i < SUBBLOCK; i++) {
      int a = rows[4 * i] + 4 + rows[4 * i + 2];
      int b = rows[4 * i] + 4 - rows[4 * i + 2];
      int c = sine(rows[4 * i + 1]) - cosine(rows[4 * i + 3]);
      int d = cosine(rows[4 * i + 1]) + sine(rows[4 * i + 3]);
      int at = at(x, y + i);
      samples[at] = clip(level(at) + ((a + d) >> 3));
      samples[at + 1] = clip(level(at + 1) + ((b + c) >> 3));
      samples[at + 2] = clip(level(at + 2) + ((b - c) >> 3));
      samples[at + 3] = clip(level(at + 3) + ((a - d) >> 3));
    }
  }

  /** Times the square root of 2 times cos(pi / 8). */
  private static int cosine(int value) {
    return ((value * 20091) >> 16) + value;
  }

  /** Times the square root of 2 times sin(pi / 8). */
  private static int sine(int value) {
    return (value * 35468) >> 16;
  }

  private static byte clip(int level) {
    return (byte) Math.min(Math.max(level, 0), 255);
  }
}
