package io.chitra.diffusion.image;

import io.chitra.diffusion.Picture;

/**
 * Writes finished pictures, with what they were made with inside. Equal pictures with equal text
 * are equal files on one Java platform: no time and no name of a machine is written.
 */
public final class PictureFile {

  private PictureFile() {}

  /** A file of the given format. */
  public static byte[] encode(Picture picture, PictureFormat format, PictureText text) {
    return encode(new RgbImage(picture.width(), picture.height(), picture.rgb()), format, text);
  }

  /** A file of the given format. */
  public static byte[] encode(RgbImage picture, PictureFormat format, PictureText text) {
    if (format instanceof PictureFormat.JpegFormat jpeg) {
      return Jpeg.encode(picture, jpeg, text);
    }
    return Png.encode(picture, format.mode(), text);
  }
}
