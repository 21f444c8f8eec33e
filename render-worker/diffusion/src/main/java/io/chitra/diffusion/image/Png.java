package io.chitra.diffusion.image;

import io.chitra.diffusion.Picture;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A PNG encoder for 8-bit RGB and grey (PNG specification, third edition): one filter (Sub), a fast
 * compression level, no timestamps. Equal pictures with equal text are equal files on one Java
 * platform.
 */
public final class Png {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte FILTER_SUB = 1;
  private static final byte COLOUR_TYPE_GREY = 0;
  private static final byte COLOUR_TYPE_RGB = 2;
  private static final String PARAMETERS = "parameters";
  private static final String XMP = "XML:com.adobe.xmp";

  private Png() {}

  /**
   * An RGB file.
   *
   * @param parameters kept in an {@code iTXt} chunk of that keyword, in UTF-8; a NUL, which PNG
   *     text cannot hold, becomes U+FFFD
   */
  public static byte[] encode(Picture picture, String parameters) {
    return rgb(
        new RgbImage(picture.width(), picture.height(), picture.rgb()),
        chunk("iTXt", text(PARAMETERS, parameters)));
  }

  /** With the settings as {@code parameters} and as XMP, in UTF-8, before the pixels. */
  static byte[] encode(RgbImage picture, ColourMode mode, PictureText text) {
    ByteArrayOutputStream texts = new ByteArrayOutputStream();
    texts.writeBytes(chunk("iTXt", text(PARAMETERS, text.parameters())));
    String xmp = new String(Xmp.packet(text), StandardCharsets.UTF_8);
    texts.writeBytes(chunk("iTXt", text(XMP, xmp)));
    return switch (mode) {
      case RGB -> rgb(picture, texts.toByteArray());
      case L -> grey(picture.gray(), texts.toByteArray());
    };
  }

  private static byte[] rgb(RgbImage picture, byte[] texts) {
    byte[] filtered = filter(picture.rgb(), picture.width(), RgbImage.CHANNELS);
    return file(header(picture.width(), picture.height(), COLOUR_TYPE_RGB), texts, filtered);
  }

  private static byte[] grey(GrayImage picture, byte[] texts) {
    byte[] filtered = filter(picture.gray(), picture.width(), 1);
    return file(header(picture.width(), picture.height(), COLOUR_TYPE_GREY), texts, filtered);
  }

  private static byte[] file(byte[] header, byte[] texts, byte[] filtered) {
    byte[] pixels = deflate(filtered);
    ByteArrayOutputStream png = new ByteArrayOutputStream(pixels.length + texts.length + 64);
    png.writeBytes(SIGNATURE);
    png.writeBytes(chunk("IHDR", header));
    png.writeBytes(texts);
    png.writeBytes(chunk("IDAT", pixels));
    png.writeBytes(chunk("IEND", new byte[0]));
    return png.toByteArray();
  }

  private static byte[] header(int width, int height, byte colourType) {
    byte bitDepth = 8;
    byte none = 0;
    return ByteBuffer.allocate(13)
        .putInt(width)
        .putInt(height)
        .put(bitDepth)
        .put(colourType)
        .put(none) // compression method
        .put(none) // filter method
        .put(none) // interlace method
        .array();
  }

  /** Keyword, NUL, not compressed, no language, no translated keyword, text. */
  private static byte[] text(String keyword, String text) {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes(keyword.getBytes(StandardCharsets.US_ASCII));
    chunk.writeBytes(new byte[5]);
    chunk.writeBytes(text.replace('\0', '\ufffd').getBytes(StandardCharsets.UTF_8));
    return chunk.toByteArray();
  }

  /** Each row as its filter's name and each byte's difference from the pixel to its left. */
  private static byte[] filter(byte[] pixels, int width, int pixelBytes) {
    int row = width * pixelBytes;
    int height = pixels.length / row;
    byte[] filtered = new byte[(row + 1) * height];
    int to = 0;
    for (int y = 0; y < height; y++) {
      int from = y * row;
      filtered[to++] = FILTER_SUB;
      for (int x = 0; x < row; x++) {
        int left = x < pixelBytes ? 0 : pixels[from + x - pixelBytes];
        filtered[to++] = (byte) (pixels[from + x] - left);
      }
    }
    return filtered;
  }

  private static byte[] deflate(byte[] data) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try {
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream deflated = new ByteArrayOutputStream(data.length / 2);
      byte[] buffer = new byte[1 << 16];
      while (!deflater.finished()) {
        deflated.write(buffer, 0, deflater.deflate(buffer));
      }
      return deflated.toByteArray();
    } finally {
      deflater.end();
    }
  }

  /** Length, type, data, and the CRC of type and data. */
  private static byte[] chunk(String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    return ByteBuffer.allocate(data.length + 12)
        .putInt(data.length)
        .put(name)
        .put(data)
        .putInt((int) crc.getValue())
        .array();
  }
}
