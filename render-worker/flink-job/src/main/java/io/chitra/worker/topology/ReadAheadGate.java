package io.chitra.worker.topology;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The door between a source reader and the plan operator chained behind it: while it is closed the
 * reader has nothing to offer, so no job is read ahead of the one being fanned out, and the task
 * stays free for checkpoints.
 *
 * <p>One for each pair of subtasks, found by both sides under the same name in the JVM that runs
 * them. Both sides run in one task thread; only the future crosses threads.
 */
final class ReadAheadGate {

  private static final Map<String, ReadAheadGate> GATES = new ConcurrentHashMap<>();

  private CompletableFuture<Void> opened = CompletableFuture.completedFuture(null);

  private ReadAheadGate() {}

  /**
   * The gate of a pair.
   *
   * @param topology a name that no other running topology has
   * @param subtask the index that both sides have
   */
  static ReadAheadGate of(String topology, int subtask) {
    return GATES.computeIfAbsent(topology + "#" + subtask, name -> new ReadAheadGate());
  }

  static void forget(String topology, int subtask) {
    GATES.remove(topology + "#" + subtask);
  }

  synchronized void open() {
    opened.complete(null);
  }

  synchronized void close() {
    if (opened.isDone()) {
      opened = new CompletableFuture<>();
    }
  }

  /** Done while the gate is open; otherwise it is when the gate opens. */
  synchronized CompletableFuture<Void> opened() {
    return opened;
  }
}
