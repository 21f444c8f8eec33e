package io.chitra.diffusion.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Tells by its first bytes what a file is. */
final class FileKind {

  private static final int TEXT_BYTES = 1024;
  private static final int SHOWN_BYTES = 8;

  /** Files that are known by how they begin, and not read. */
  private record Stranger(String name, String magic) {}

  private static final List<Stranger> STRANGERS =
      List.of(
          new Stranger("a GIF file", "GIF8"),
          new Stranger("a BMP file", "BM"),
          new Stranger("a TIFF file", "II*\0"),
          new Stranger("a TIFF file", "MM\0*"),
          new Stranger("a JPEG XL file", "\u00ff\n"),
          new Stranger("a JPEG XL file", "\0\0\0\u000cJXL "),
          new Stranger("a JPEG 2000 file", "\0\0\0\u000cjP  "),
          new Stranger("a JPEG 2000 file", "\u00ffO\u00ffQ"),
          new Stranger("an icon file", "\0\0\1\0"),
          new Stranger("a Photoshop file", "8BPS"),
          new Stranger("a PDF file", "%PDF"),
          new Stranger("a ZIP file", "PK\3\4"),
          new Stranger("a gzip file", "\u001f\u008b"));

  private FileKind() {}

  /**
   * Reads the headers of a PNG, JPEG or WebP file.
   *
   * @throws IOException when it is none or is damaged
   */
  static EncodedPicture open(byte[] file) throws IOException {
    if (startsWith(file, 0, "\u0089PNG\r\n\u001a\n")) {
      return PngFile.read(file);
    }
    if (startsWith(file, 0, "\u00ff\u00d8\u00ff")) {
      return JpegFile.read(file);
    }
    if (startsWith(file, 0, "RIFF") && startsWith(file, 8, "WEBP")) {
      return WebpFile.read(file);
    }
    throw new IOException(
        file.length == 0
            ? "its file is empty"
            : "its file is %s; PNG, JPEG and WebP are read".formatted(name(file)));
  }

  private static String name(byte[] file) {
    for (Stranger stranger : STRANGERS) {
      if (startsWith(file, 0, stranger.magic())) {
        return stranger.name();
      }
    }
    if (startsWith(file, 4, "ftyp")) {
      return isoMedia(latin(file, 8, 4));
    }
    String text = latin(file, 0, TEXT_BYTES).stripLeading().toLowerCase(Locale.ROOT);
    if (text.startsWith("\u00ef\u00bb\u00bf")) { // UTF-8's byte order mark
      text = text.substring(3);
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "an HTML page (an answer of a web server that is no picture?)";
    }
    if (text.startsWith("<")) {
      return text.contains("<svg") ? "an SVG drawing" : "an XML text";
    }
    if (text.startsWith("{") || text.startsWith("[")) {
      return "a JSON text";
    }
    byte[] shown = Arrays.copyOf(file, Math.min(file.length, SHOWN_BYTES));
    return "of no known kind (it begins with the bytes %s)"
        .formatted(HexFormat.ofDelimiter(" ").formatHex(shown));
  }

  /** The ISO base media format holds AVIF, HEIC and films, told apart by the major brand. */
  private static String isoMedia(String brand) {
    return switch (brand) {
      case "avif", "avis" -> "an AVIF file";
      case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1" -> "a HEIC file";
      default -> "a film or another file of the ISO media format (brand %s)".formatted(brand);
    };
  }

  private static boolean startsWith(byte[] file, int offset, String magic) {
    return latin(file, offset, magic.length()).equals(magic);
  }

  /** One character a byte, so that binary magics can be written as text. */
  private static String latin(byte[] file, int offset, int length) {
    int from = Math.min(offset, file.length);
    int to = Math.min(offset + length, file.length);
    return new String(file, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
