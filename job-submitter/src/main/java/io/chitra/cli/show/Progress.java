package io.chitra.cli.show;

import java.io.PrintStream;
import java.time.InstantSource;

/**
 * Shows how far a run has come: a bar on a terminal, a plain line every few seconds elsewhere. Used
 * by one thread; closing it ends the bar's line.
 */
public interface Progress extends AutoCloseable {

  /**
   * Tells how far it has come.
   *
   * @param done how many of the total have ended, well or badly
   * @param note what else is worth a glance, as "3 failed"; empty for nothing
   */
  void update(long done, String note);

  @Override
  void close();

  /**
   * Starts showing.
   *
   * @param things what is counted, as "pictures"
   */
  static Progress start(
      Screen screen, PrintStream out, InstantSource clock, String things, long total) {
    return start(screen, out, clock, "Rendering", things, total);
  }

  /**
   * Likewise, for another task than rendering.
   *
   * @param task what is done, as "Reading"
   */
  static Progress start(
      Screen screen, PrintStream out, InstantSource clock, String task, String things, long total) {
    return screen.terminal()
        ? new BarProgress(screen, out, task, things, total)
        : new LineProgress(out, clock, things, total);
  }
}
