package io.chitra.diffusion.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.plugins.jpeg.JPEGImageWriteParam;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes JPEG by the Java platform's libjpeg: baseline, 4:2:0, Huffman tables made for the picture.
 * The settings are in EXIF's user comment, where Stable Diffusion's tools look for them, and in
 * XMP.
 */
final class Jpeg {

  /**
   * The most UTF-16 units of settings that are written. A segment holds 65,533 bytes, and no unit
   * takes more than 5 in either place.
   */
  private static final int MAX_SETTINGS = 12_000;

  private static final String XMP_NAMESPACE = "http://ns.adobe.com/xap/1.0/\0";
  private static final short APP1 = (short) 0xffe1;
  private static final int SOI_BYTES = 2;

  private Jpeg() {}

  static byte[] encode(RgbImage picture, PictureFormat.JpegFormat format, PictureText text) {
    byte[] plain = plain(image(picture, format.mode()), format.quality());
    int afterJfif = SOI_BYTES + 2 + ByteBuffer.wrap(plain).getShort(SOI_BYTES + 2);
    PictureText settings = text.within(MAX_SETTINGS);
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream(plain.length + 4 * MAX_SETTINGS);
    jpeg.write(plain, 0, afterJfif);
    segment(jpeg, Exif.withUserComment(settings.parameters().replace('\0', '\ufffd')));
    ByteArrayOutputStream xmp = new ByteArrayOutputStream();
    xmp.writeBytes(XMP_NAMESPACE.getBytes(StandardCharsets.US_ASCII));
    xmp.writeBytes(Xmp.packet(settings));
    segment(jpeg, xmp.toByteArray());
    jpeg.write(plain, afterJfif, plain.length - afterJfif);
    return jpeg.toByteArray();
  }

  private static void segment(ByteArrayOutputStream jpeg, byte[] data) {
    short length = (short) (2 + data.length);
    jpeg.writeBytes(ByteBuffer.allocate(4).putShort(APP1).putShort(length).array());
    jpeg.writeBytes(data);
  }

  /** A file that begins with SOI and a JFIF segment. */
  private static byte[] plain(BufferedImage image, int quality) {
    ImageWriter writer = platformWriter();
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(jpeg)) {
      JPEGImageWriteParam settings = (JPEGImageWriteParam) writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(quality / 100f);
      settings.setOptimizeHuffmanTables(true);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), settings);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a JPEG to memory", e);
    } finally {
      writer.dispose();
    }
    return jpeg.toByteArray();
  }

  /** The Java platform's own writer, whatever others the class path brings. */
  private static ImageWriter platformWriter() {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
    while (writers.hasNext()) {
      ImageWriter writer = writers.next();
      if (writer.getClass().getModule().equals(ImageIO.class.getModule())) {
        return writer;
      }
    }
    throw new IllegalStateException("Every Java platform with java.desktop writes JPEG");
  }

  private static BufferedImage image(RgbImage picture, ColourMode mode) {
    return switch (mode) {
      case RGB -> image(picture.width(), picture.height(), picture.rgb(), ColorSpace.CS_sRGB);
      case L -> image(picture.width(), picture.height(), picture.gray().gray(), ColorSpace.CS_GRAY);
    };
  }

  private static BufferedImage image(int width, int height, byte[] samples, int colourSpace) {
    int channels = samples.length / (width * height);
    int[] bands = channels == 1 ? new int[] {0} : new int[] {0, 1, 2};
    WritableRaster raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(samples, samples.length),
            width,
            height,
            channels * width,
            channels,
            bands,
            null);
    ColorModel colours =
        new ComponentColorModel(
            ColorSpace.getInstance(colourSpace),
            false,
            false,
            ColorModel.OPAQUE,
            DataBuffer.TYPE_BYTE);
    return new BufferedImage(colours, raster, false, null);
  }
}
