package io.chitra.diffusion.image;

import io.chitra.diffusion.Picture;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A PNG encoder for 8-bit RGB (PNG specification, third edition): one filter (Sub), a fast
 * compression level, no timestamps. Equal pictures with equal text are equal files on one Java
 * platform.
 */
public final class Png {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int BYTES_PER_PIXEL = 3;
  private static final byte FILTER_SUB = 1;
  private static final String KEYWORD = "parameters";

  private Png() {}

  /**
   * @param parameters kept in an {@code iTXt} chunk of that keyword, in UTF-8; a NUL, which PNG
   *     text cannot hold, becomes U+FFFD
   */
  public static byte[] encode(Picture picture, String parameters) {
    byte[] pixels = deflate(filter(picture));
    ByteArrayOutputStream png =
        new ByteArrayOutputStream(pixels.length + parameters.length() + 256);
    png.writeBytes(SIGNATURE);
    chunk(png, "IHDR", header(picture));
    chunk(png, "iTXt", text(parameters));
    chunk(png, "IDAT", pixels);
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static byte[] header(Picture picture) {
    byte bitDepth = 8;
    byte colourTypeRgb = 2;
    byte none = 0;
    return ByteBuffer.allocate(13)
        .putInt(picture.width())
        .putInt(picture.height())
        .put(bitDepth)
        .put(colourTypeRgb)
        .put(none) // compression method
        .put(none) // filter method
        .put(none) // interlace method
        .array();
  }

  /** Keyword, NUL, not compressed, no language, no translated keyword, text. */
  private static byte[] text(String parameters) {
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes(KEYWORD.getBytes(StandardCharsets.US_ASCII));
    chunk.writeBytes(new byte[5]);
    chunk.writeBytes(parameters.replace('\0', '\ufffd').getBytes(StandardCharsets.UTF_8));
    return chunk.toByteArray();
  }

  /** Each row as its filter's name and each byte's difference from the pixel to its left. */
  private static byte[] filter(Picture picture) {
    byte[] rgb = picture.rgb();
    int row = picture.width() * BYTES_PER_PIXEL;
    byte[] filtered = new byte[(row + 1) * picture.height()];
    int to = 0;
    for (int y = 0; y < picture.height(); y++) {
      int from = y * row;
      filtered[to++] = FILTER_SUB;
      for (int x = 0; x < row; x++) {
        int left = x < BYTES_PER_PIXEL ? 0 : rgb[from + x - BYTES_PER_PIXEL];
        filtered[to++] = (byte) (rgb[from + x] - left);
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
  private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    png.writeBytes(name);
    png.writeBytes(data);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
