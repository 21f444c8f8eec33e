package io.chitra.worker.topology;

import io.chitra.worker.attempt.AloneLock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The locks that the render tasks of one start share within this JVM, each under its name. */
final class AloneLocks {

  private static final Map<String, AloneLock> LOCKS = new ConcurrentHashMap<>();

  private AloneLocks() {}

  /**
   * @param start of a topology; a name that no other start has
   */
  static AloneLock of(String start) {
    return LOCKS.computeIfAbsent(start, name -> new AloneLock());
  }

  /** The start is over; whoever has its lock may go on using it. */
  static void forget(String start) {
    LOCKS.remove(start);
  }
}
