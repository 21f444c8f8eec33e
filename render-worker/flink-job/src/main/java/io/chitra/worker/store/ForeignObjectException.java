package io.chitra.worker.store;

/** An object under a picture's key that no worker has put there. Permanent. */
public final class ForeignObjectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ForeignObjectException(String message) {
    super(message);
  }
}
