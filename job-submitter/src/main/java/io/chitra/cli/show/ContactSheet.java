package io.chitra.cli.show;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Draws a dataset's pictures into one: a grid of them, each with its prompt and its name below.
 * Needs no screen; where the machine has no fonts (a bare server without fontconfig), captions are
 * left out.
 */
public final class ContactSheet {

  /** How many pictures a sheet shows at most. */
  public static final int MOST_TILES = 64;

  private static final int GAP = 12;
  private static final int FEW_TILES = 16;
  private static final int LARGE_CELL = 256;
  private static final int SMALL_CELL = 144;
  private static final int LINE = 16;
  private static final Color PAPER = new Color(0xfa, 0xfa, 0xf8);
  private static final Color INK = new Color(0x22, 0x22, 0x22);
  private static final Color PALE_INK = new Color(0x80, 0x80, 0x80);

  private ContactSheet() {}

  /**
   * One picture of the sheet.
   *
   * @param picture its file
   * @param text what it is meant to show, in any language
   * @param name what it is called
   */
  public record Tile(Path picture, String text, String name) {}

  /** Which of {@code n} pictures a sheet shows: all of them, or as many as fit, evenly picked. */
  public static int[] pick(int n) {
    int tiles = Math.min(n, MOST_TILES);
    int[] picked = new int[tiles];
    for (int i = 0; i < tiles; i++) {
      picked[i] = (int) ((long) i * n / tiles);
    }
    return picked;
  }

  /**
   * Draws the sheet into a PNG file, whole or not at all.
   *
   * @throws IOException when a picture cannot be read or the file cannot be written
   */
  public static void draw(List<Tile> tiles, Path file) throws IOException {
    int cell = tiles.size() <= FEW_TILES ? LARGE_CELL : SMALL_CELL;
    int across = (int) Math.ceil(Math.sqrt(tiles.size()));
    int down = (tiles.size() + across - 1) / across;
    int captionHeight = Captions.AVAILABLE ? 2 * LINE + 4 : 0;
    BufferedImage sheet =
        new BufferedImage(
            GAP + across * (cell + GAP),
            GAP + down * (cell + captionHeight + GAP),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = sheet.createGraphics();
    try {
      canvas.setColor(PAPER);
      canvas.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      canvas.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
      canvas.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      for (int i = 0; i < tiles.size(); i++) {
        int x = GAP + i % across * (cell + GAP);
        int y = GAP + i / across * (cell + captionHeight + GAP);
        drawPicture(canvas, read(tiles.get(i).picture()), x, y, cell);
        if (Captions.AVAILABLE) {
          Captions.draw(canvas, tiles.get(i), x, y + cell, cell);
        }
      }
    } finally {
      canvas.dispose();
    }
    write(sheet, file);
  }

  private static BufferedImage read(Path picture) throws IOException {
    BufferedImage image;
    try {
      image = ImageIO.read(picture.toFile());
    } catch (IOException e) {
      throw new IOException("Cannot read picture " + picture + ": " + e.getMessage(), e);
    }
    if (image == null) {
      throw new IOException("Cannot read picture " + picture + ": not a picture");
    }
    return image;
  }

  /** Draws a picture into a square, as large as fits, in its middle. */
  private static void drawPicture(Graphics2D canvas, BufferedImage image, int x, int y, int cell) {
    double scale = (double) cell / Math.max(image.getWidth(), image.getHeight());
    int width = Math.max(1, (int) Math.round(image.getWidth() * scale));
    int height = Math.max(1, (int) Math.round(image.getHeight() * scale));
    canvas.drawImage(image, x + (cell - width) / 2, y + (cell - height) / 2, width, height, null);
  }

  private static void write(BufferedImage sheet, Path file) throws IOException {
    ImageIO.setUseCache(false);
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    try (var out = Files.newOutputStream(part)) {
      ImageIO.write(sheet, "png", out);
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Text below the pictures. */
  private static final class Captions {

    /** Whether this machine can draw text; Java finds out only by drawing some. */
    static final boolean AVAILABLE = available();

    private static boolean available() {
      try {
        Graphics2D canvas = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB).createGraphics();
        canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        canvas.drawString("a", 0, 8);
        canvas.dispose();
        return true;
      } catch (RuntimeException | LinkageError | InternalError noFonts) {
        return false;
      }
    }

    static void draw(Graphics2D canvas, Tile tile, int x, int y, int width) {
      Font text = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
      Font name = new Font(Font.SANS_SERIF, Font.PLAIN, 10);
      String words = DisplayWidth.clean(tile.text());
      canvas.setColor(INK);
      canvas.setFont(text);
      if (text.canDisplayUpTo(words) < 0) {
        canvas.drawString(cut(canvas.getFontMetrics(), words, width), x, y + LINE);
      }
      canvas.setColor(PALE_INK);
      canvas.setFont(name);
      canvas.drawString(cut(canvas.getFontMetrics(), tile.name(), width), x, y + 2 * LINE - 2);
    }

    private static String cut(FontMetrics metrics, String text, int width) {
      if (metrics.stringWidth(text) <= width) {
        return text;
      }
      int end = Math.min(text.length(), width);
      while (end > 0 && metrics.stringWidth(text.substring(0, end) + "…") > width) {
        end = text.offsetByCodePoints(end, -1);
      }
      return text.substring(0, end) + "…";
    }
  }
}
