package io.chitra.cli.show;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Pairs of pictures for a person to compare: one sheet, a PNG file or a page of HTML. */
public final class SideBySide {

  private static final int CELL = 256;
  private static final int GAP = 8;
  private static final int LINE = 18;

  private SideBySide() {}

  /**
   * Two pictures.
   *
   * @param name of both
   * @param caption what is to be said of them
   * @param left a PNG or JPEG file
   * @param right likewise
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Couple(String name, String caption, byte[] left, byte[] right) {}

  /** Whether a file's name says that a sheet can be written to it. */
  public static boolean isSheet(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".png") || name.endsWith(".html");
  }

  /** Writes a sheet, by the file's extension; it appears whole or not at all. */
  public static void write(String leftTitle, String rightTitle, List<Couple> couples, Path file)
      throws IOException {
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".html")) {
      Files.writeString(part, html(leftTitle, rightTitle, couples));
    } else {
      ImageIO.setUseCache(false);
      try (var out = Files.newOutputStream(part)) {
        ImageIO.write(sheet(leftTitle, rightTitle, couples), "png", out);
      }
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static BufferedImage sheet(String left, String right, List<Couple> couples)
      throws IOException {
    int rowHeight = CELL + 2 * LINE + GAP;
    BufferedImage sheet =
        new BufferedImage(
            3 * GAP + 2 * CELL,
            LINE + GAP + couples.size() * rowHeight,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = sheet.createGraphics();
    try {
      canvas.setColor(Color.WHITE);
      canvas.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      canvas.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      write(canvas, left, GAP, LINE - 4);
      write(canvas, right, 2 * GAP + CELL, LINE - 4);
      int y = LINE + GAP;
      for (Couple couple : couples) {
        picture(canvas, couple.left(), GAP, y);
        picture(canvas, couple.right(), 2 * GAP + CELL, y);
        write(canvas, couple.name(), GAP, y + CELL + LINE - 4);
        write(canvas, couple.caption(), GAP, y + CELL + 2 * LINE - 4);
        y += rowHeight;
      }
    } finally {
      canvas.dispose();
    }
    return sheet;
  }

  private static void picture(Graphics2D canvas, byte[] file, int x, int y) throws IOException {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(file));
    if (image == null) {
      throw new IOException("Cannot draw a sheet: an object is no picture");
    }
    double scale = (double) CELL / Math.max(image.getWidth(), image.getHeight());
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    canvas.drawImage(image, x, y, width, height, null);
  }

  /** Where this machine can draw text. */
  private static void write(Graphics2D canvas, String text, int x, int y) {
    try {
      canvas.setColor(Color.BLACK);
      canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
      canvas.drawString(DisplayWidth.clean(text), x, y);
    } catch (RuntimeException | LinkageError | InternalError noFonts) {
      // A sheet without words is still one.
    }
  }

  private static String html(String left, String right, List<Couple> couples) {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
        .append(escaped(left + " and " + right))
        .append("</title>\n<style>\n:root { color-scheme: light dark; }\n")
        .append("body { font: 14px system-ui, sans-serif; margin: 1em; }\n")
        .append("th, td { text-align: left; padding: 4px; vertical-align: top; }\n")
        .append("img { width: 256px; image-rendering: auto; }\n</style>\n</head>\n<body>\n")
        .append("<table>\n<tr><th scope=\"col\">Picture</th><th scope=\"col\">")
        .append(escaped(left))
        .append("</th><th scope=\"col\">")
        .append(escaped(right))
        .append("</th></tr>\n");
    for (Couple couple : couples) {
      page.append("<tr><th scope=\"row\">")
          .append(escaped(couple.name()))
          .append("<br><small>")
          .append(escaped(couple.caption()))
          .append("</small></th>");
      image(page, couple.left(), left + ", " + couple.name());
      image(page, couple.right(), right + ", " + couple.name());
      page.append("</tr>\n");
    }
    return page.append("</table>\n</body>\n</html>\n").toString();
  }

  private static void image(StringBuilder page, byte[] file, String alternative) {
    boolean png = file.length > 0 && (file[0] & 0xff) == 0x89;
    page.append("<td><img alt=\"")
        .append(escaped(alternative))
        .append("\" src=\"data:image/")
        .append(png ? "png" : "jpeg")
        .append(";base64,")
        .append(new String(Base64.getEncoder().encode(file), StandardCharsets.US_ASCII))
        .append("\"></td>");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
