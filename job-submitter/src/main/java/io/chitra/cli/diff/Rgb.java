package io.chitra.cli.diff;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * A picture as its pixels, as the JDK decodes it.
 *
 * @param rgb height x width x 3 bytes, row by row from the top
 */
@SuppressWarnings("ArrayRecordComponent") // pixels are never compared as records
record Rgb(int width, int height, byte[] rgb) {

  /** Decodes a PNG or JPEG file. */
  static Rgb decode(byte[] file) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
    if (image == null) {
      throw new IOException("its object is no picture");
    }
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[width * height * 3];
    Raster raster = image.getRaster();
    boolean grey = raster.getNumBands() == 1;
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // Java takes grey values for linear ones, which they are not.
        int pixel = grey ? raster.getSample(x, y, 0) * 0x010101 : image.getRGB(x, y);
        rgb[at++] = (byte) (pixel >> 16);
        rgb[at++] = (byte) (pixel >> 8);
        rgb[at++] = (byte) pixel;
      }
    }
    return new Rgb(width, height, rgb);
  }
}
