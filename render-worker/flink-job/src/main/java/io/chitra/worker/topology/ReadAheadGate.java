package io.chitra.worker.topology;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The doors between a source reader and the plan operator chained behind it, one for each topic of
 * jobs: from a topic that is held the reader offers nothing, so no more jobs are read ahead than
 * plan has room for, and the task stays free for checkpoints.
 *
 * <p>One for each pair of subtasks, found by both sides under the same name in the JVM that runs
 * them. Both sides run in one task thread; only the future crosses threads.
 */
final class ReadAheadGate {

  private static final Map<String, ReadAheadGate> GATES = new ConcurrentHashMap<>();

  private Set<String> held = Set.of();
  private CompletableFuture<Void> released = new CompletableFuture<>();

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

  /** Holds these topics from now on, and no others. */
  void hold(Set<String> topics) {
    Set<String> before = held;
    held = Set.copyOf(topics);
    if (!held.containsAll(before)) {
      CompletableFuture<Void> waiting = released;
      released = new CompletableFuture<>();
      waiting.complete(null);
    }
  }

  boolean holds(String topic) {
    return held.contains(topic);
  }

  /** Done as soon as a topic that is held now is held no longer. */
  CompletableFuture<Void> released() {
    return released;
  }
}
