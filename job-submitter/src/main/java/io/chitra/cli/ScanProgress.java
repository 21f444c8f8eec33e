package io.chitra.cli;

import io.chitra.cli.show.Progress;
import io.chitra.cli.topics.TopicScan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far something has come that mostly takes no time: nothing until it has taken two
 * seconds. What begins anew is shown anew. Used by one thread; closing it ends the bar's line.
 */
final class ScanProgress implements TopicScan.Listener, AutoCloseable {

  private static final Duration SILENCE = Duration.ofSeconds(2);

  private final Console console;
  private final InstantSource clock;
  private final String task;
  private final String things;
  private @Nullable Progress shown;
  private Instant start;
  private long total = -1;

  ScanProgress(Console console, InstantSource clock, String task, String things) {
    this.console = console;
    this.clock = clock;
    this.task = task;
    this.things = things;
    this.start = clock.instant();
  }

  @Override
  public void read(long done, long of) {
    if (of != total || done == 0) {
      close();
      total = of;
      start = clock.instant();
    }
    Progress progress = shown;
    if (progress == null && done > 0 && done < of && silentForLong()) {
      progress = Progress.start(console.errScreen(), console.err(), clock, task, things, of);
      shown = progress;
    }
    if (progress != null) {
      progress.update(done, "");
    }
  }

  private boolean silentForLong() {
    return Duration.between(start, clock.instant()).compareTo(SILENCE) >= 0;
  }

  @Override
  public void close() {
    if (shown != null) {
      shown.close();
      shown = null;
    }
  }
}
