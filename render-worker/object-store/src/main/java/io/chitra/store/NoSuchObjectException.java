package io.chitra.store;

import org.jspecify.annotations.Nullable;

/** There is no object under the key. */
public final class NoSuchObjectException extends StoreException {

  private static final long serialVersionUID = 1L;

  NoSuchObjectException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
