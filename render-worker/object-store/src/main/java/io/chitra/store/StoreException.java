package io.chitra.store;

import org.jspecify.annotations.Nullable;

/** What the store did not do, and why. */
public class StoreException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean permanent;

  private StoreException(String message, @Nullable Throwable cause, boolean permanent) {
    super(message, cause);
    this.permanent = permanent;
  }

  /** For subclasses: a permanent failure. */
  StoreException(String message, @Nullable Throwable cause) {
    this(message, cause, true);
  }

  /** Asking again is of no use until somebody changes something. */
  static StoreException permanent(String message, @Nullable Throwable cause) {
    return new StoreException(message, cause, true);
  }

  /** Asking again later may do. */
  static StoreException transientFailure(String message, @Nullable Throwable cause) {
    return new StoreException(message, cause, false);
  }

  /**
   * Whether asking again is of no use until somebody changes something (keys, bucket, object).
   * Otherwise the store could not be reached or did not manage, and may later.
   */
  public boolean permanent() {
    return permanent;
  }
}
