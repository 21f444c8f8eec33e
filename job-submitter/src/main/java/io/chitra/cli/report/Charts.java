package io.chitra.cli.report;

import io.chitra.cli.show.Humans;
import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Draws charts as SVG, each with its numbers as a table below for who cannot see it. */
final class Charts {

  private static final int WIDTH = 480;
  private static final int HEIGHT = 190;
  private static final int LEFT = 52;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 26;
  private static final int PLOT_WIDTH = WIDTH - LEFT - RIGHT;
  private static final int PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
  private static final int TICKS = 4;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Charts() {}

  /**
   * One line of a chart of several.
   *
   * @param style its class in the style sheet
   */
  record Series(String name, String style, Histogram histogram) {}

  /**
   * A histogram as bars.
   *
   * @param label how an edge of a bin is written
   */
  static void histogram(Html html, String title, Histogram histogram, DoubleFunction<String> label)
      throws IOException {
    figure(html, title);
    axes(html, histogram.most(), histogram.low(), histogram.high(), label);
    for (int bin = 0; bin < histogram.bins(); bin++) {
      if (histogram.in(bin) > 0) {
        bar(
            html,
            (double) bin / histogram.bins(),
            1.0 / histogram.bins(),
            (double) histogram.in(bin) / histogram.most(),
            "%s: %s".formatted(bin(histogram, bin, label), Humans.count(histogram.in(bin))));
      }
    }
    html.close();
    table(html, List.of(new Series("pictures", "", histogram)), label);
    html.close();
  }

  /** Histograms with the same bins, over each other. */
  static void lines(Html html, String title, List<Series> series, DoubleFunction<String> label)
      throws IOException {
    Histogram first = series.get(0).histogram();
    long most = series.stream().mapToLong(s -> s.histogram().most()).max().orElse(0);
    figure(html, title);
    axes(html, most, first.low(), first.high(), label);
    for (Series one : series) {
      StringBuilder points = new StringBuilder();
      for (int bin = 0; bin < first.bins(); bin++) {
        double y = y((double) one.histogram().in(bin) / Math.max(1, most));
        points
            .append(number(x((double) bin / first.bins())))
            .append(',')
            .append(number(y))
            .append(' ')
            .append(number(x((bin + 1.0) / first.bins())))
            .append(',')
            .append(number(y))
            .append(' ');
      }
      html.open("polyline", "class", "line " + one.style(), "points", points.toString().strip())
          .element("title", one.name())
          .close();
    }
    html.close();
    html.open("p", "class", "legend");
    for (Series one : series) {
      html.element("span", one.name(), "class", "key " + one.style());
    }
    html.close();
    table(html, series, label);
    html.close();
  }

  /** How many pictures were made when. */
  static void course(Html html, String title, Timeline.Course course) throws IOException {
    figure(html, title);
    double start = course.start().getEpochSecond();
    double end = course.end().getEpochSecond();
    DateTimeFormatter ticks =
        DateTimeFormatter.ofPattern(pattern(end - start), Locale.ROOT).withZone(ZoneOffset.UTC);
    axes(
        html,
        course.most(),
        start,
        end,
        second -> ticks.format(java.time.Instant.ofEpochSecond((long) second)));
    List<Timeline.Span> spans = course.spans();
    for (int i = 0; i < spans.size(); i++) {
      if (spans.get(i).count() > 0) {
        bar(
            html,
            (double) i / spans.size(),
            1.0 / spans.size(),
            (double) spans.get(i).count() / course.most(),
            "%s UTC, %s: %s"
                .formatted(
                    TIME.format(spans.get(i).start()),
                    span(course.width()),
                    Humans.count(spans.get(i).count(), "picture")));
      }
    }
    html.close();
    numbers(html, "from (UTC)", List.of("pictures in " + span(course.width())));
    for (Timeline.Span span : spans) {
      if (span.count() > 0) {
        row(html, TIME.format(span.start()), List.of(Humans.count(span.count())));
      }
    }
    html.close().close().close().close();
  }

  /** A span of time, without fractions: "30 s", "5 min", "1 h", "7 d". */
  static String span(Duration width) {
    long seconds = width.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min";
    }
    return seconds < 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
  }

  private static String pattern(double seconds) {
    if (seconds <= 600) {
      return "HH:mm:ss";
    }
    return seconds <= 86_400 ? "HH:mm" : "MM-dd HH:mm";
  }

  /** Opens a figure and its picture, which the caller closes, in the other order. */
  private static void figure(Html html, String title) throws IOException {
    html.open("figure", "class", "chart").element("figcaption", title);
    html.open(
        "svg",
        "viewBox",
        "0 0 %d %d".formatted(WIDTH, HEIGHT),
        "role",
        "img",
        "aria-label",
        title + "; the numbers are in the table below");
  }

  private static void axes(
      Html html, long most, double low, double high, DoubleFunction<String> label)
      throws IOException {
    long step = step(most);
    for (long at = 0; at <= most; at += step) {
      String y = number(y((double) at / Math.max(1, most)));
      html.open(
              "line",
              "class",
              at == 0 ? "axis" : "grid",
              "x1",
              number(LEFT),
              "x2",
              number(WIDTH - RIGHT),
              "y1",
              y,
              "y2",
              y)
          .close();
      html.element(
          "text", compact(at), "x", number(LEFT - 6), "y", y, "dy", "0.35em", "text-anchor", "end");
    }
    for (int tick = 0; tick <= TICKS; tick++) {
      double share = (double) tick / TICKS;
      html.element(
          "text",
          label.apply(low + (high - low) * share),
          "x",
          number(x(share)),
          "y",
          number(HEIGHT - 8),
          "text-anchor",
          tick == 0 ? "start" : tick == TICKS ? "end" : "middle");
    }
  }

  /** A round distance between lines of the grid that gives four of them at most. */
  private static long step(long most) {
    long step = 1;
    while (most / step > TICKS) {
      String digits = Long.toString(step);
      step = digits.startsWith("2") ? step / 2 * 5 : step * 2;
    }
    return step;
  }

  private static String compact(long n) {
    if (n >= 1_000_000 && n % 100_000 == 0) {
      return String.format(Locale.ROOT, "%.1fM", n / 1e6).replace(".0M", "M");
    }
    return n >= 10_000 && n % 100 == 0
        ? String.format(Locale.ROOT, "%.1fk", n / 1e3).replace(".0k", "k")
        : Humans.count(n);
  }

  private static void bar(Html html, double from, double width, double height, String title)
      throws IOException {
    double drawn = Math.max(1, height * PLOT_HEIGHT);
    html.open(
            "rect",
            "class",
            "bar",
            "x",
            number(x(from) + 0.5),
            "y",
            number(TOP + PLOT_HEIGHT - drawn),
            "width",
            number(Math.max(0.6, width * PLOT_WIDTH - 1)),
            "height",
            number(drawn))
        .element("title", title)
        .close();
  }

  private static double x(double share) {
    return LEFT + share * PLOT_WIDTH;
  }

  private static double y(double share) {
    return TOP + (1 - share) * PLOT_HEIGHT;
  }

  private static String number(double n) {
    String text = String.format(Locale.ROOT, "%.1f", n);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static String bin(Histogram histogram, int bin, DoubleFunction<String> label) {
    return label.apply(histogram.edge(bin)) + " to " + label.apply(histogram.edge(bin + 1));
  }

  private static void table(Html html, List<Series> series, DoubleFunction<String> label)
      throws IOException {
    numbers(html, "from to", series.stream().map(Series::name).toList());
    Histogram first = series.get(0).histogram();
    for (int bin = 0; bin < first.bins(); bin++) {
      int at = bin;
      if (series.stream().anyMatch(one -> one.histogram().in(at) > 0)) {
        row(
            html,
            bin(first, bin, label),
            series.stream().map(one -> Humans.count(one.histogram().in(at))).toList());
      }
    }
    html.close().close().close();
  }

  /** Opens a table that is folded up; its rows follow, then details, table and body are closed. */
  private static void numbers(Html html, String head, List<String> columns) throws IOException {
    html.open("details").element("summary", "Numbers").open("table");
    html.open("thead").open("tr").element("th", head, "scope", "col");
    for (String column : columns) {
      html.element("th", column, "scope", "col", "class", "number");
    }
    html.close().close().open("tbody");
  }

  private static void row(Html html, String head, List<String> cells) throws IOException {
    html.open("tr").element("th", head, "scope", "row");
    for (String cell : cells) {
      html.element("td", cell, "class", "number");
    }
    html.close();
  }
}
