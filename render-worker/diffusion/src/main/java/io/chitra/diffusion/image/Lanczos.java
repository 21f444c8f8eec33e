package io.chitra.diffusion.image;

import io.chitra.pixels.Resampling;

/** Resizes pictures with Pillow's {@code Image.LANCZOS}, bit for bit. */
public final class Lanczos {

  private Lanczos() {}

  /** A picture of the given size; the same one when that is its size. */
  public static RgbImage resize(RgbImage image, int width, int height) {
    return image.resized(Resampling.LANCZOS, width, height);
  }

  /** A grey picture of the given size; the same one when that is its size. */
  public static GrayImage resize(GrayImage image, int width, int height) {
    byte[] gray =
        Resampling.LANCZOS.resize(image.gray(), 1, image.width(), image.height(), width, height);
    return new GrayImage(width, height, gray);
  }
}
