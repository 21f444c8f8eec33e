package io.chitra.cli.show;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A table of text: one line a row, columns two spaces apart, numbers to the right. Where it is
 * wider than a terminal, its widest columns are cut with an ellipsis; on anything but a terminal
 * nothing is cut. Not safe for use by several threads.
 */
public final class TextTable {

  private static final String GAP = "  ";
  private static final int NARROWEST_COLUMN = 6;

  private final List<List<Cell>> lines = new ArrayList<>();
  private final List<String> headers;

  private enum Side {
    LEFT,
    RIGHT
  }

  private record Cell(String text, Side side, @Nullable Style style) {}

  /** A table with a line of headers, or without when none is given. */
  public TextTable(String... headers) {
    this.headers = List.of(headers);
  }

  /** Adds a row; a whole number is shown with thousands, anything else by its text. */
  public TextTable row(Object... cells) {
    return add(null, cells);
  }

  /** Adds a row whose first cell stands out. */
  public TextTable row(Style first, Object... cells) {
    return add(first, cells);
  }

  private TextTable add(@Nullable Style first, Object... values) {
    List<Cell> cells = new ArrayList<>();
    for (Object value : values) {
      Style style = cells.isEmpty() ? first : null;
      cells.add(
          value instanceof Long || value instanceof Integer
              ? new Cell(Humans.count(((Number) value).longValue()), Side.RIGHT, style)
              : new Cell(DisplayWidth.clean(value.toString()), Side.LEFT, style));
    }
    lines.add(cells);
    return this;
  }

  /** The lines of the table, headers first. */
  public List<String> lines(Screen screen) {
    List<List<Cell>> all = new ArrayList<>();
    if (!headers.isEmpty()) {
      all.add(headerCells());
    }
    all.addAll(lines);
    int[] widths = widths(all);
    if (screen.terminal()) {
      narrow(widths, screen.columns());
    }
    return all.stream().map(cells -> line(cells, widths, screen)).toList();
  }

  /** Headers stand above their columns: to the right where these hold numbers. */
  private List<Cell> headerCells() {
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < headers.size(); i++) {
      boolean numbers =
          !lines.isEmpty() && i < lines.get(0).size() && lines.get(0).get(i).side() == Side.RIGHT;
      cells.add(new Cell(headers.get(i), numbers ? Side.RIGHT : Side.LEFT, Style.STRONG));
    }
    return cells;
  }

  private static int[] widths(List<List<Cell>> lines) {
    int[] widths = new int[lines.stream().mapToInt(List::size).max().orElse(0)];
    for (List<Cell> cells : lines) {
      for (int i = 0; i < cells.size(); i++) {
        widths[i] = Math.max(widths[i], DisplayWidth.of(cells.get(i).text()));
      }
    }
    return widths;
  }

  /** Takes from the widest column until the line fits, or nothing more can be taken. */
  private static void narrow(int[] widths, int columns) {
    int excess = IntStream.of(widths).sum() + GAP.length() * (widths.length - 1) - columns;
    while (excess > 0) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        if (widths[i] > widths[widest]) {
          widest = i;
        }
      }
      if (widths[widest] <= NARROWEST_COLUMN) {
        return;
      }
      widths[widest]--;
      excess--;
    }
  }

  private static String line(List<Cell> cells, int[] widths, Screen screen) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      Cell cell = cells.get(i);
      String text = DisplayWidth.cut(cell.text(), widths[i]);
      String padding = " ".repeat(widths[i] - DisplayWidth.of(text));
      String styled = cell.style() == null ? text : cell.style().on(screen, text);
      boolean last = i == cells.size() - 1;
      if (cell.side() == Side.RIGHT) {
        line.append(padding).append(styled);
      } else {
        line.append(styled).append(last ? "" : padding);
      }
      line.append(last ? "" : GAP);
    }
    return line.toString();
  }
}
