package io.chitra.store;

/** What a store makes of conditional puts. */
public enum ConditionalPuts {
  /** Of many writers at once exactly one created the object. */
  HONOURED,
  /**
   * A key that was taken is kept, but of many writers at once several believe to have created it.
   */
  RACING,
  /** The condition is passed over: a key that is taken is written again. */
  IGNORED
}
