package io.chitra.cli.submit;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What the headers of a picture's file say: PNG, JPEG or WebP, told apart by content. No pixel is
 * decoded.
 *
 * @param contentType its media type
 * @param width of the picture as it stands upright, in pixels
 * @param height likewise
 */
record PictureHeader(String contentType, int width, int height) {

  private static final int PNG_SIGNATURE_BYTES = 8;
  private static final int RIFF_HEADER_BYTES = 12;

  /** EXIF's orientations from this one on lie on their side. */
  private static final int FIRST_TURNED_ORIENTATION = 5;

  private static final int LAST_ORIENTATION = 8;

  /**
   * Reads the headers of a whole file.
   *
   * @throws InputException when it is no such picture
   */
  static PictureHeader read(byte[] file) throws InputException {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    try {
      if (begins(bytes, "\u0089PNG\r\n\u001a\n")) {
        return png(bytes.position(PNG_SIGNATURE_BYTES));
      }
      if (begins(bytes, "\u00ff\u00d8\u00ff")) {
        return jpeg(bytes.position(2));
      }
      if (begins(bytes, "RIFF") && begins(bytes.position(RIFF_HEADER_BYTES - 4), "WEBP")) {
        return webp(bytes.position(RIFF_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN));
      }
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new InputException("its picture is cut off or damaged", e);
    }
    throw new InputException(
        file.length == 0 ? "the file is empty" : "it is no picture: PNG, JPEG or WebP would be");
  }

  private static PictureHeader png(ByteBuffer chunks) throws InputException {
    int width = 0;
    int height = 0;
    int orientation = 1;
    String type;
    do {
      int length = chunks.getInt();
      type = text(chunks, 4);
      ByteBuffer data = chunks.slice().limit(length);
      if (type.equals("IHDR")) {
        width = data.getInt();
        height = data.getInt();
      } else if (type.equals("eXIf")) {
        orientation = orientation(data);
      }
      chunks.position(chunks.position() + length + Integer.BYTES);
    } while (!type.equals("IEND"));
    return upright("image/png", width, height, orientation);
  }

  private static PictureHeader jpeg(ByteBuffer segments) throws InputException {
    int orientation = 0;
    while (true) {
      int marker = nextMarker(segments);
      int length = Short.toUnsignedInt(segments.getShort()) - Short.BYTES;
      ByteBuffer data = segments.slice().limit(length);
      if (marker == 0xe1 && orientation == 0 && begins(data, "Exif\0\0")) {
        orientation = orientation(data.position(6).slice());
      } else if (isFrame(marker)) {
        data.get();
        int height = Short.toUnsignedInt(data.getShort());
        int width = Short.toUnsignedInt(data.getShort());
        return upright("image/jpeg", width, height, orientation);
      }
      segments.position(segments.position() + length);
    }
  }

  private static int nextMarker(ByteBuffer segments) {
    while (true) {
      if (segments.get() == (byte) 0xff) {
        int marker = segments.get() & 0xff;
        if (marker == 0xff) {
          segments.position(segments.position() - 1);
        } else if (marker > 0x01 && (marker < 0xd0 || marker > 0xd9)) {
          return marker;
        }
      }
    }
  }

  /** SOF0 to SOF15, among which three markers say something else. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static PictureHeader webp(ByteBuffer chunks) throws InputException {
    int width = 0;
    int height = 0;
    int orientation = 1;
    while (chunks.remaining() >= 2 * Integer.BYTES) {
      String type = text(chunks, 4);
      int length = chunks.getInt();
      ByteBuffer data = chunks.slice().limit(length).order(ByteOrder.LITTLE_ENDIAN);
      switch (type) {
        case "VP8 " -> {
          width = data.getShort(6) & 0x3fff;
          height = data.getShort(8) & 0x3fff;
        }
        case "VP8L" -> {
          int sides = data.getInt(1);
          width = (sides & 0x3fff) + 1;
          height = (sides >> 14 & 0x3fff) + 1;
        }
        case "EXIF" -> orientation = orientation(data);
        default -> {}
      }
      chunks.position(Math.min(chunks.position() + length + length % 2, chunks.limit()));
    }
    return upright("image/webp", width, height, orientation);
  }

  private static PictureHeader upright(String contentType, int width, int height, int orientation)
      throws InputException {
    if (width < 1 || height < 1) {
      throw new InputException("its picture is cut off or damaged");
    }
    return orientation < FIRST_TURNED_ORIENTATION || orientation > LAST_ORIENTATION
        ? new PictureHeader(contentType, width, height)
        : new PictureHeader(contentType, height, width);
  }

  /** Tag 0x0112 of EXIF's first directory; 1 (upright) where there is none. */
  private static int orientation(ByteBuffer exif) {
    ByteBuffer tiff = begins(exif, "Exif\0\0") ? exif.position(6).slice() : exif.slice();
    try {
      tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      int directory = tiff.getInt(4);
      int entries = Short.toUnsignedInt(tiff.getShort(directory));
      for (int i = 0; i < entries; i++) {
        int entry = directory + 2 + i * 12;
        if (tiff.getShort(entry) == 0x0112) {
          boolean isLong = tiff.getShort(entry + 2) == 4;
          return isLong ? tiff.getInt(entry + 8) : tiff.getShort(entry + 8);
        }
      }
    } catch (IndexOutOfBoundsException e) {
      return 1; // a broken note about a picture does not make the picture broken
    }
    return 1;
  }

  private static String text(ByteBuffer bytes, int length) {
    byte[] text = new byte[length];
    bytes.get(text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static boolean begins(ByteBuffer bytes, String magic) {
    ByteBuffer wanted = ByteBuffer.wrap(magic.getBytes(StandardCharsets.ISO_8859_1));
    return bytes.remaining() >= wanted.limit()
        && bytes.slice().limit(wanted.limit()).equals(wanted);
  }
}
