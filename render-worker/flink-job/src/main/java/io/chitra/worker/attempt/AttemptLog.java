package io.chitra.worker.attempt;

import java.util.concurrent.CompletableFuture;

/**
 * Where it is noted what has started and not ended: by name, the latest note only, kept when the
 * process dies. Safe for use by several threads; no method blocks.
 */
public interface AttemptLog {

  /**
   * Notes a start.
   *
   * @param attempt one line of ASCII
   * @return done when the note outlives the process
   */
  CompletableFuture<Void> started(String task, String attempt);

  /** Takes the note back. */
  CompletableFuture<Void> ended(String task);
}
