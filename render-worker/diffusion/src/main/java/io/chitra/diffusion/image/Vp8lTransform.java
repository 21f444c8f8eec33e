package io.chitra.diffusion.image;

/** A change of pixels before they were written (RFC 9649, section 3.5), and its undoing. */
sealed interface Vp8lTransform {

  int OPAQUE_BLACK = 0xff000000;

  /** The width of the picture as it was written. */
  int codedWidth();

  /** The pixels as they were before; the given ones may be changed. */
  int[] undo(int[] pixels);

  /** How many blocks of 2^bits pixels cover a side. */
  static int blocks(int pixels, int bits) {
    return (pixels + (1 << bits) - 1) >> bits;
  }

  /**
   * Pixels are written as differences from what their neighbours predict.
   *
   * @param modes by block, in the green channel
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Prediction(int codedWidth, int blockBits, int[] modes) implements Vp8lTransform {

    @Override
    public int[] undo(int[] pixels) {
      int columns = blocks(codedWidth, blockBits);
      pixels[0] = add(pixels[0], OPAQUE_BLACK);
      for (int i = 1; i < pixels.length; i++) {
        int x = i % codedWidth;
        int y = i / codedWidth;
        int prediction;
        if (y == 0) {
          prediction = pixels[i - 1];
        } else if (x == 0) {
          prediction = pixels[i - codedWidth];
        } else {
          int mode = modes[(y >> blockBits) * columns + (x >> blockBits)] >> 8 & 0xf;
          // the last pixel of a row has the first of its own row as upper right neighbour
          prediction =
              predict(
                  mode,
                  pixels[i - 1],
                  pixels[i - codedWidth],
                  pixels[i - codedWidth + 1],
                  pixels[i - codedWidth - 1]);
        }
        pixels[i] = add(pixels[i], prediction);
      }
      return pixels;
    }

    private static int predict(int mode, int left, int top, int topRight, int topLeft) {
      return switch (mode) {
        case 1 -> left;
        case 2 -> top;
        case 3 -> topRight;
        case 4 -> topLeft;
        case 5 -> mean(mean(left, topRight), top);
        case 6 -> mean(left, topLeft);
        case 7 -> mean(left, top);
        case 8 -> mean(topLeft, top);
        case 9 -> mean(top, topRight);
        case 10 -> mean(mean(left, topLeft), mean(top, topRight));
        case 11 -> nearer(left, top, topLeft);
        case 12 -> gradient(left, top, topLeft);
        case 13 -> halfGradient(mean(left, top), topLeft);
        default -> OPAQUE_BLACK;
      };
    }

    /** Of each channel, rounded down. */
    private static int mean(int a, int b) {
      return (((a ^ b) & 0xfefefefe) >>> 1) + (a & b);
    }

    private static int nearer(int left, int top, int topLeft) {
      int fromLeft = 0;
      int fromTop = 0;
      for (int shift = 0; shift < 32; shift += 8) {
        int corner = topLeft >> shift & 0xff;
        fromLeft += Math.abs((top >> shift & 0xff) - corner);
        fromTop += Math.abs((left >> shift & 0xff) - corner);
      }
      return fromLeft < fromTop ? left : top;
    }

    private static int gradient(int left, int top, int topLeft) {
      int prediction = 0;
      for (int shift = 0; shift < 32; shift += 8) {
        int level = (left >> shift & 0xff) + (top >> shift & 0xff) - (topLeft >> shift & 0xff);
        prediction |= clip(level) << shift;
      }
      return prediction;
    }

    private static int halfGradient(int mean, int topLeft) {
      int prediction = 0;
      for (int shift = 0; shift < 32; shift += 8) {
        int level = mean >> shift & 0xff;
        prediction |= clip(level + (level - (topLeft >> shift & 0xff)) / 2) << shift;
      }
      return prediction;
    }

    private static int clip(int level) {
      return Math.min(Math.max(level, 0), 255);
    }
  }

  /**
   * Red and blue are written as differences from what green, and red, predict.
   *
   * @param factors by block: of green for red, of green for blue, of red for blue, from the lowest
   *     byte on
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Colour(int codedWidth, int blockBits, int[] factors) implements Vp8lTransform {

    @Override
    public int[] undo(int[] pixels) {
      int columns = blocks(codedWidth, blockBits);
      for (int i = 0; i < pixels.length; i++) {
        int x = i % codedWidth;
        int y = i / codedWidth;
        int factor = factors[(y >> blockBits) * columns + (x >> blockBits)];
        int pixel = pixels[i];
        int green = pixel >> 8;
        int red = ((pixel >> 16) + share(factor, green)) & 0xff;
        int blue = (pixel + share(factor >> 8, green) + share(factor >> 16, red)) & 0xff;
        pixels[i] = (pixel & 0xff00ff00) | red << 16 | blue;
      }
      return pixels;
    }

    /** Both are signed bytes. */
    private static int share(int factor, int level) {
      return ((byte) factor * (byte) level) >> 5;
    }
  }

  /** Red and blue are written as differences from green. */
  record Green(int codedWidth) implements Vp8lTransform {

    @Override
    public int[] undo(int[] pixels) {
      for (int i = 0; i < pixels.length; i++) {
        int green = pixels[i] >> 8 & 0xff;
        pixels[i] = add(pixels[i], green << 16 | green);
      }
      return pixels;
    }
  }

  /**
   * Pixels are written as indexes of a palette in the green channel, several in one where there are
   * few colours.
   *
   * @param packingBits 2^packingBits indexes are in one pixel
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Palette(int width, int packingBits, int[] colours) implements Vp8lTransform {

    /**
     * @param differences each colour's from the one before it
     */
    static Palette of(int width, int[] differences) {
      int[] colours = differences.clone();
      for (int i = 1; i < colours.length; i++) {
        colours[i] = add(colours[i], colours[i - 1]);
      }
      int count = colours.length;
      return new Palette(width, count <= 2 ? 3 : count <= 4 ? 2 : count <= 16 ? 1 : 0, colours);
    }

    @Override
    public int codedWidth() {
      return blocks(width, packingBits);
    }

    @Override
    public int[] undo(int[] pixels) {
      int height = pixels.length / codedWidth();
      int indexBits = 8 >> packingBits;
      int[] unpacked = new int[width * height];
      for (int i = 0; i < unpacked.length; i++) {
        int x = i % width;
        int packed = pixels[i / width * codedWidth() + (x >> packingBits)] >> 8 & 0xff;
        int shift = (x & ((1 << packingBits) - 1)) * indexBits;
        int index = packed >> shift & ((1 << indexBits) - 1);
        unpacked[i] = index < colours.length ? colours[index] : 0;
      }
      return unpacked;
    }
  }

  /** The sum of each channel, modulo 256. */
  private static int add(int a, int b) {
    int alphaAndGreen = (a & 0xff00ff00) + (b & 0xff00ff00);
    int redAndBlue = (a & 0x00ff00ff) + (b & 0x00ff00ff);
    return (alphaAndGreen & 0xff00ff00) | (redAndBlue & 0x00ff00ff);
  }
}
