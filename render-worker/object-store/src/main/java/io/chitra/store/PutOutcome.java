package io.chitra.store;

/** What became of a conditional put. */
public enum PutOutcome {
  /** The object was not there, and is now. */
  CREATED,
  /**
   * The key is taken, and its object is as it was. After an answer was lost on its way, the object
   * may be the one that was just put.
   */
  ALREADY_THERE
}
