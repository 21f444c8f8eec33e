package io.chitra.store;

import org.jspecify.annotations.Nullable;

/** What the store holds of a model is not what was pushed. Pushing it again is of use. */
public final class DamagedModelException extends StoreException {

  private static final long serialVersionUID = 1L;

  DamagedModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
