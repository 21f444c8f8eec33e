package io.chitra.cli.show;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Plain lines for logs and pipes: one every few seconds while something moves, rarer when not. */
final class LineProgress implements Progress {

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
  private static final Duration BETWEEN_EQUAL_LINES = Duration.ofSeconds(60);

  private final PrintStream out;
  private final InstantSource clock;
  private final String things;
  private final long total;
  private final Instant start;
  private Instant lastLine;
  private long lastDone;

  LineProgress(PrintStream out, InstantSource clock, String things, long total) {
    this.out = out;
    this.clock = clock;
    this.things = things;
    this.total = total;
    this.start = clock.instant();
    this.lastLine = start;
  }

  @Override
  public void update(long done, String note) {
    Instant now = clock.instant();
    Duration wait = done == lastDone ? BETWEEN_EQUAL_LINES : BETWEEN_LINES;
    boolean ended = done == total && lastDone != total;
    if (!ended && Duration.between(lastLine, now).compareTo(wait) < 0) {
      return;
    }
    lastLine = now;
    lastDone = done;
    out.println(line(done, note, Duration.between(start, now)));
    out.flush();
  }

  private String line(long done, String note, Duration elapsed) {
    StringBuilder line = new StringBuilder();
    line.append(Humans.count(done)).append(" of ").append(Humans.count(total)).append(' ');
    line.append(things);
    double seconds = elapsed.toNanos() / 1e9;
    if (done > 0 && seconds > 0) {
      double rate = done / seconds;
      line.append(", ").append(Humans.rate(rate));
      if (done < total) {
        Duration left = Duration.ofMillis((long) ((total - done) / rate * 1000));
        line.append(", about ").append(Humans.duration(left)).append(" left");
      }
    }
    if (!note.isEmpty()) {
      line.append(", ").append(note);
    }
    return line.toString();
  }

  @Override
  public void close() {}
}
