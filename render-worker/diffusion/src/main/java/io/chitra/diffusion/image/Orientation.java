package io.chitra.diffusion.image;

/** EXIF's tag 0x0112: how the stored pixels are to be turned to stand upright. */
enum Orientation {
  UPRIGHT,
  MIRRORED,
  UPSIDE_DOWN,
  UPSIDE_DOWN_MIRRORED,
  TRANSPOSED,
  TURNED_LEFT,
  TRANSVERSED,
  TURNED_RIGHT;

  /**
   * An orientation by EXIF's number, 1 to 8; any other number is {@link #UPRIGHT}, as in Pillow.
   */
  static Orientation ofExif(int number) {
    return number >= 1 && number <= values().length ? values()[number - 1] : UPRIGHT;
  }

  /** The size of a stored picture when it stands upright. */
  PictureSize upright(int width, int height) {
    return compareTo(TRANSPOSED) < 0
        ? new PictureSize(width, height)
        : new PictureSize(height, width);
  }

  /** The stored picture upright, as {@code PIL.ImageOps.exif_transpose} turns it. */
  RgbImage upright(RgbImage stored) {
    if (this == UPRIGHT) {
      return stored;
    }
    int width = stored.width();
    int last = width * stored.height() - 1;
    int lastRow = last - (width - 1);
    return switch (this) {
      case UPRIGHT -> stored;
      case MIRRORED -> walk(stored, width - 1, -1, width);
      case UPSIDE_DOWN -> walk(stored, last, -1, -width);
      case UPSIDE_DOWN_MIRRORED -> walk(stored, lastRow, 1, -width);
      case TRANSPOSED -> walk(stored, 0, width, 1);
      case TURNED_LEFT -> walk(stored, lastRow, -width, 1);
      case TRANSVERSED -> walk(stored, last, -width, -1);
      case TURNED_RIGHT -> walk(stored, width - 1, width, -1);
    };
  }

  /**
   * Reads the stored pixels in another order.
   *
   * @param start index of the stored pixel that becomes the upper left one
   * @param right from there to the one that becomes its right neighbour
   * @param down from there to the one that becomes its lower neighbour
   */
  private RgbImage walk(RgbImage stored, int start, int right, int down) {
    PictureSize size = upright(stored.width(), stored.height());
    byte[] from = stored.rgb();
    byte[] rgb = new byte[from.length];
    int to = 0;
    for (int y = 0; y < size.height(); y++) {
      for (int x = 0; x < size.width(); x++) {
        int pixel = RgbImage.CHANNELS * (start + x * right + y * down);
        rgb[to++] = from[pixel];
        rgb[to++] = from[pixel + 1];
        rgb[to++] = from[pixel + 2];
      }
    }
    return new RgbImage(size.width(), size.height(), rgb);
  }
}
