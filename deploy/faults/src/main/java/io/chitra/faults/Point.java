package io.chitra.faults;

/** Places in the worker where its process can be made to die. */
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
  START
}
