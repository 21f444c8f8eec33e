package io.chitra.diffusion.image;

/** What a picture file holds of each pixel, in Pillow's words. */
public enum ColourMode {
  /** Red, green and blue. */
  RGB,
  /** Grey: {@link RgbImage#gray()}. */
  L
}
