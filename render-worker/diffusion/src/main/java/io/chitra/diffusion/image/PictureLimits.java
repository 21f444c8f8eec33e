package io.chitra.diffusion.image;

/**
 * How large a given picture may be. Checked against the file's header, before anything is decoded.
 *
 * @param maxSide pixels of width or height
 * @param maxPixels width x height; decoding takes up to 12 bytes a pixel
 * @param maxFileBytes length of the file
 */
public record PictureLimits(int maxSide, int maxPixels, int maxFileBytes) {

  /** A 48-megapixel photograph passes. */
  public static final PictureLimits DEFAULTS =
      new PictureLimits(16_384, 50_000_000, 64 * 1024 * 1024);

  private static final int MOST_PIXELS = 250_000_000; // their bytes are counted in an int

  public PictureLimits {
    if (maxSide < 1 || maxPixels < 1 || maxPixels > MOST_PIXELS || maxFileBytes < 1) {
      throw new IllegalArgumentException(
          "Cannot limit pictures to %d pixels a side, %d pixels and %d bytes: each is at least 1, and"
                  .formatted(maxSide, maxPixels, maxFileBytes)
              + " pixels at most %d".formatted(MOST_PIXELS));
    }
  }
}
