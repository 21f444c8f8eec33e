package io.chitra.cli.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How many things happened when. The longer it all takes, the wider the spans of time that are told
 * apart, so it stays small. Used by one thread.
 */
final class Timeline {

  private static final int MOST = 4096;

  /** The widths of spans that people think in; each is a multiple of a second. */
  private static final long[] SECONDS = {
    1, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 86_400, 7 * 86_400, 28 * 86_400
  };

  private NavigableMap<Long, Long> counts = new TreeMap<>();
  private int width;

  /** So many in a span of time. */
  record Span(Instant start, long count) {}

  /**
   * All of it, without gaps.
   *
   * @param width of each span
   */
  record Course(Duration width, List<Span> spans) {
    Course {
      spans = List.copyOf(spans);
    }

    Instant start() {
      return spans.get(0).start();
    }

    Instant end() {
      return spans.get(spans.size() - 1).start().plus(width);
    }

    /** The most in one span. */
    long most() {
      return spans.stream().mapToLong(Span::count).max().orElse(0);
    }
  }

  void add(Instant when) {
    counts.merge(Math.floorDiv(when.getEpochSecond(), SECONDS[width]), 1L, Long::sum);
    while (counts.size() > MOST && width < SECONDS.length - 1) {
      counts = at(width + 1);
      width++;
    }
  }

  boolean isEmpty() {
    return counts.isEmpty();
  }

  /**
   * What happened from the first to the last, in spans of the shortest width that gives few enough.
   *
   * @param spans at most, unless even the widest gives more
   */
  Course course(int spans) {
    int coarse = width;
    NavigableMap<Long, Long> view = counts;
    while (coarse < SECONDS.length - 1 && view.lastKey() - view.firstKey() >= spans) {
      coarse++;
      view = at(coarse);
    }
    List<Span> all = new ArrayList<>();
    for (long i = view.firstKey(); i <= view.lastKey(); i++) {
      all.add(new Span(Instant.ofEpochSecond(i * SECONDS[coarse]), view.getOrDefault(i, 0L)));
    }
    return new Course(Duration.ofSeconds(SECONDS[coarse]), all);
  }

  private NavigableMap<Long, Long> at(int other) {
    NavigableMap<Long, Long> wider = new TreeMap<>();
    counts.forEach(
        (span, count) ->
            wider.merge(Math.floorDiv(span * SECONDS[width], SECONDS[other]), count, Long::sum));
    return wider;
  }
}
