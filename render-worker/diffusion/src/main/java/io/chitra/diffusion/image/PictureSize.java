package io.chitra.diffusion.image;

import io.chitra.diffusion.DiffusionException;

/** Width and height in pixels. */
public record PictureSize(int width, int height) {

  public PictureSize {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Cannot have a picture of %d x %d: both sides are at least 1".formatted(width, height));
    }
  }

  /**
   * The size that diffusers renders when none is asked for: each side rounded down to a multiple of
   * the model's factor ({@code VaeImageProcessor.get_default_height_width}).
   *
   * @throws DiffusionException when a side is smaller than the factor
   */
  public PictureSize roundedDownTo(int factor) throws DiffusionException {
    if (width < factor || height < factor) {
      throw DiffusionException.permanent(
          "Cannot render at the picture's own size of %d x %d: the model needs at least %d x %d; ask"
                  .formatted(width, height, factor, factor)
              + " for a width and a height");
    }
    return new PictureSize(width - width % factor, height - height % factor);
  }
}
