package io.chitra.diffusion.image;

import io.chitra.pixels.Luma;
import io.chitra.pixels.Resampling;
import java.util.List;

/**
 * A picture of 8-bit red, green and blue: what is given to an image task, and what is written to a
 * file.
 *
 * @param rgb height x width x 3 bytes, row by row from the top; not copied, not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are large, and never compared as records
public record RgbImage(int width, int height, byte[] rgb) {

  static final int CHANNELS = 3;

  public RgbImage {
    if (width < 1 || height < 1 || rgb.length != (long) CHANNELS * width * height) {
      throw new IllegalArgumentException(
          "Cannot make a picture of %d x %d: %d bytes are not height x width x 3"
              .formatted(width, height, rgb.length));
    }
  }

  /** In grey, by Pillow's {@code convert("L")}. */
  public GrayImage gray() {
    return new GrayImage(width, height, Luma.of(rgb));
  }

  /** In another size; the same pixels when that is its size. */
  public RgbImage resized(Resampling filter, int toWidth, int toHeight) {
    return new RgbImage(
        toWidth, toHeight, filter.resize(rgb, CHANNELS, width, height, toWidth, toHeight));
  }

  /** Pictures of one height from left to right. */
  public static RgbImage sideBySide(List<RgbImage> pictures) {
    int height = pictures.get(0).height;
    int width = 0;
    for (RgbImage picture : pictures) {
      if (picture.height != height) {
        throw new IllegalArgumentException(
            "Cannot put pictures side by side that are %d and %d high"
                .formatted(height, picture.height));
      }
      width += picture.width;
    }
    byte[] rgb = new byte[CHANNELS * width * height];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (RgbImage picture : pictures) {
        int row = CHANNELS * picture.width;
        System.arraycopy(picture.rgb, y * row, rgb, at, row);
        at += row;
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
