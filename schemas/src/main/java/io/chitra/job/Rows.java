package io.chitra.job;

import org.jspecify.annotations.Nullable;

/** How the records of a job file become rows. Stateful: one for each file, for one thread. */
interface Rows {

  /** Reads a record; null when it is none of a job but belongs to the file (a header). */
  @Nullable Row read(String text);

  /** Learns that a record could not be cut out or decoded. */
  void unreadable();

  /** Whether something is wrong that leaves the rest of the file without meaning. */
  boolean spoilt();
}
