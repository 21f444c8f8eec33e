package io.chitra.cli.report;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Small copies of pictures that fit into a page. */
final class Thumbnail {

  /** The longer side at most, in pixels. */
  static final int SIDE = 160;

  private static final float QUALITY = 0.75f;

  private Thumbnail() {}

  /** A picture as a JPEG file in a data URI; one that is small already keeps its size. */
  static String of(BufferedImage picture) {
    double scale = Math.min(1, (double) SIDE / Math.max(picture.getWidth(), picture.getHeight()));
    int width = Math.max(1, (int) Math.round(picture.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(picture.getHeight() * scale));
    byte[] file = jpeg(shrunk(picture, width, height));
    return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(file);
  }

  /** Halves it as often as that is possible, so that every pixel has its part in the result. */
  private static BufferedImage shrunk(BufferedImage picture, int width, int height) {
    BufferedImage image = picture;
    do {
      image =
          drawn(
              image,
              Math.max(width, (image.getWidth() + 1) / 2),
              Math.max(height, (image.getHeight() + 1) / 2));
    } while (image.getWidth() != width || image.getHeight() != height);
    return image;
  }

  private static BufferedImage drawn(BufferedImage picture, int width, int height) {
    BufferedImage drawn = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = drawn.createGraphics();
    try {
      canvas.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      canvas.drawImage(picture, 0, 0, width, height, null);
    } finally {
      canvas.dispose();
    }
    return drawn;
  }

  private static byte[] jpeg(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } catch (IOException e) {
      throw new IllegalStateException("Nothing is written but memory", e);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }
}
