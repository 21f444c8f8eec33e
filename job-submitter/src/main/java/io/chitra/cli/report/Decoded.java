package io.chitra.cli.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Picture files made pixels. */
final class Decoded {

  private Decoded() {}

  /**
   * Decodes a picture whose size is known, so that a file which lies about it takes no memory.
   *
   * @throws IOException when it is no picture, or one of another size
   */
  static BufferedImage of(byte[] file, int width, int height) throws IOException {
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw new IOException("it is not a picture");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        if (reader.getWidth(0) != width || reader.getHeight(0) != height) {
          throw new IOException(
              "it has %d x %d pixels, the record says %d x %d"
                  .formatted(reader.getWidth(0), reader.getHeight(0), width, height));
        }
        return reader.read(0);
      } finally {
        reader.dispose();
      }
    }
  }

  /** Row by row, 8 bits a channel. */
  static byte[] rgb(BufferedImage image) {
    int[] packed =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    byte[] rgb = new byte[3 * packed.length];
    for (int i = 0; i < packed.length; i++) {
      rgb[3 * i] = (byte) (packed[i] >> 16);
      rgb[3 * i + 1] = (byte) (packed[i] >> 8);
      rgb[3 * i + 2] = (byte) packed[i];
    }
    return rgb;
  }
}
