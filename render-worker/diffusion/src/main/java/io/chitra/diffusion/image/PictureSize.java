package io.chitra.diffusion.image;

/** Width and height in pixels. */
public record PictureSize(int width, int height) {

  public PictureSize {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Cannot have a picture of %d x %d: both sides are at least 1".formatted(width, height));
    }
  }
}
