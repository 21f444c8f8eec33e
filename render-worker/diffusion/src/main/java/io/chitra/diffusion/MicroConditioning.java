package io.chitra.diffusion;

/**
 * What SDXL is told about the picture's size (Podell et al., 2023, section 2.2), in pixels: the
 * size its training picture would have had, where it would have been cropped, and the size aimed
 * at.
 */
public record MicroConditioning(
    int originalHeight,
    int originalWidth,
    int cropTop,
    int cropLeft,
    int targetHeight,
    int targetWidth) {

  /** An uncropped picture of this size. */
  public static MicroConditioning of(int height, int width) {
    return new MicroConditioning(height, width, 0, 0, height, width);
  }
}
