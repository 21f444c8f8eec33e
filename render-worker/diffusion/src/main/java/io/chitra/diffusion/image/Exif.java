package io.chitra.diffusion.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The two fields of EXIF (version 3.0, a TIFF file in miniature) that pictures are read and written
 * with.
 */
final class Exif {

  private static final byte[] PREFIX = {'E', 'x', 'i', 'f', 0, 0};
  private static final short MAGIC = 42;
  private static final int ENTRY_BYTES = 12;
  private static final int ORIENTATION = 0x0112;
  private static final int EXIF_IFD = 0x8769;
  private static final int USER_COMMENT = 0x9286;
  private static final int LONG = 4;
  private static final int UNDEFINED = 7;

  /** Where the comment's length is: after prefix, header, first directory, count, tag and type. */
  private static final int COMMENT_COUNT_AT = 6 + 8 + 18 + 2 + 2 + 2;

  private Exif() {}

  /** Whether these bytes begin as EXIF does in a JPEG segment. */
  static boolean isPrefixed(ByteBuffer data) {
    return data.remaining() >= PREFIX.length
        && data.slice().limit(PREFIX.length).equals(ByteBuffer.wrap(PREFIX));
  }

  /**
   * The orientation in the first directory; {@link Orientation#UPRIGHT} when there is none or the
   * data make no sense.
   *
   * @param exif from its position to its limit, with or without the prefix {@code Exif\0\0}
   */
  static Orientation orientation(ByteBuffer exif) {
    ByteBuffer tiff = exif.slice();
    if (isPrefixed(tiff)) {
      tiff = tiff.position(PREFIX.length).slice();
    }
    try {
      tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      if (tiff.getShort(2) != MAGIC) {
        return Orientation.UPRIGHT;
      }
      int directory = tiff.getInt(4);
      int entries = Short.toUnsignedInt(tiff.getShort(directory));
      for (int i = 0; i < entries; i++) {
        int entry = directory + 2 + i * ENTRY_BYTES;
        if (Short.toUnsignedInt(tiff.getShort(entry)) == ORIENTATION) {
          int type = tiff.getShort(entry + 2);
          return Orientation.ofExif(
              type == LONG ? tiff.getInt(entry + 8) : tiff.getShort(entry + 8));
        }
      }
    } catch (IndexOutOfBoundsException e) {
      return Orientation.UPRIGHT; // a broken note about a picture does not make the picture broken
    }
    return Orientation.UPRIGHT;
  }

  /**
   * EXIF with one field, a user comment in big-endian UTF-16: how Stable Diffusion's tools keep a
   * picture's settings in a JPEG.
   */
  static byte[] withUserComment(String comment) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.writeBytes("UNICODE\0".getBytes(StandardCharsets.US_ASCII));
    value.writeBytes(comment.getBytes(StandardCharsets.UTF_16BE));
    int header = 8;
    int directoryBytes = 2 + ENTRY_BYTES + 4; // count, one entry, no next directory
    ByteBuffer exif =
        ByteBuffer.allocate(PREFIX.length + header + 2 * directoryBytes + value.size());
    exif.put(PREFIX).put((byte) 'M').put((byte) 'M').putShort(MAGIC).putInt(header);
    directory(exif, EXIF_IFD, LONG, 1, header + directoryBytes);
    directory(exif, USER_COMMENT, UNDEFINED, value.size(), header + 2 * directoryBytes);
    return exif.put(value.toByteArray()).array();
  }

  /** The comment of what {@link #withUserComment} has made; empty for any other bytes. */
  static Optional<String> writtenUserComment(byte[] exif) {
    byte[] empty = withUserComment("");
    if (exif.length < empty.length || !Arrays.equals(withCount(exif, empty), empty)) {
      return Optional.empty();
    }
    return Optional.of(
        new String(exif, empty.length, exif.length - empty.length, StandardCharsets.UTF_16BE));
  }

  /** The beginning of some EXIF, with the length of its comment as in another one. */
  private static byte[] withCount(byte[] exif, byte[] other) {
    byte[] beginning = Arrays.copyOf(exif, other.length);
    System.arraycopy(other, COMMENT_COUNT_AT, beginning, COMMENT_COUNT_AT, Integer.BYTES);
    return beginning;
  }

  private static void directory(ByteBuffer exif, int tag, int type, int count, int value) {
    exif.putShort((short) 1).putShort((short) tag).putShort((short) type);
    exif.putInt(count).putInt(value).putInt(0);
  }
}
