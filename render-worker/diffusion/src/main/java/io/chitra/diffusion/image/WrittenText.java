package io.chitra.diffusion.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the settings again that {@link Png} and {@link Jpeg} have written into a file. Other
 * programs' files, and damaged ones, have none.
 */
final class WrittenText {

  private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;
  private static final byte[] PARAMETERS =
      "parameters\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
  private static final int ITXT = 0x69545874;
  private static final int IDAT = 0x49444154;
  private static final int CRC_BYTES = 4;

  private static final short JPEG_SOI = (short) 0xffd8;
  private static final short APP0 = (short) 0xffe0;
  private static final short APP1 = (short) 0xffe1;

  private WrittenText() {}

  static Optional<String> parameters(byte[] file) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(file);
      if (file.length > Long.BYTES && bytes.getLong(0) == PNG_SIGNATURE) {
        return ofPng(bytes.position(Long.BYTES));
      }
      return bytes.getShort() == JPEG_SOI ? ofJpeg(bytes) : Optional.empty();
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> ofPng(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      int length = bytes.getInt();
      int type = bytes.getInt();
      if (type == IDAT) {
        return Optional.empty();
      }
      byte[] data = taken(bytes, length);
      if (type == ITXT && begins(data, PARAMETERS)) {
        return Optional.of(
            new String(
                data, PARAMETERS.length, data.length - PARAMETERS.length, StandardCharsets.UTF_8));
      }
      bytes.position(bytes.position() + CRC_BYTES);
    }
    return Optional.empty();
  }

  private static Optional<String> ofJpeg(ByteBuffer bytes) {
    while (true) {
      short marker = bytes.getShort();
      if (marker != APP0 && marker != APP1) {
        return Optional.empty();
      }
      byte[] data = taken(bytes, Short.toUnsignedInt(bytes.getShort()) - Short.BYTES);
      Optional<String> comment = Exif.writtenUserComment(data);
      if (comment.isPresent()) {
        return comment;
      }
    }
  }

  private static byte[] taken(ByteBuffer bytes, int length) {
    if (length < 0 || length > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] data = new byte[length];
    bytes.get(data);
    return data;
  }

  static boolean begins(byte[] data, byte[] prefix) {
    return data.length >= prefix.length
        && Arrays.equals(data, 0, prefix.length, prefix, 0, prefix.length);
  }
}
