package io.chitra.diffusion.image;

/** Puts a given picture and what was painted over it together. */
public final class Inpainting {

  private Inpainting() {}

  /**
   * The rendered picture with the original's pixels where the mask does not paint.
   *
   * @param original of the rendered picture's size, as is the mask
   */
  public static RgbImage keepUnmasked(RgbImage original, GrayImage mask, RgbImage rendered) {
    checkSizes(original, mask);
    checkSizes(rendered, mask);
    byte[] rgb = original.rgb().clone();
    for (int i = 0; i < mask.gray().length; i++) {
      if (mask.paints(i)) {
        int at = RgbImage.CHANNELS * i;
        System.arraycopy(rendered.rgb(), at, rgb, at, RgbImage.CHANNELS);
      }
    }
    return new RgbImage(original.width(), original.height(), rgb);
  }

  static void checkSizes(RgbImage image, GrayImage mask) {
    if (image.width() != mask.width() || image.height() != mask.height()) {
      throw new IllegalArgumentException(
          "Cannot lay a mask of %d x %d over a picture of %d x %d: they are not of one size"
              .formatted(mask.width(), mask.height(), image.width(), image.height()));
    }
  }
}
