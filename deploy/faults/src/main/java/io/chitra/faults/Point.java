package io.chitra.faults;

/** Places in the worker where its process can be made to die, or to sleep. */
enum Point {
  /** A picture is made, its object is not put. */
  BEFORE_PUT,
  /** A picture's object is there, its record is not sent. */
  AFTER_PUT,
  /** A checkpoint is complete, its records are not committed. */
  BEFORE_COMMIT,
  /** A checkpoint's records are committed, nobody was told. */
  AFTER_COMMIT,
  /** A render task has got its state back and is about to open. */
  RESTORE,
  /** The job manager has chosen what to start from, and not started it. */
  START,
  /** As before the commit; here the process falls asleep, until it is woken. */
  LATE_COMMIT;

  /** Whether who comes by dies. */
  boolean isDeath() {
    return this != LATE_COMMIT;
  }
}
