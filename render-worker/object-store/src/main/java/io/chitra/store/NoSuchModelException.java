package io.chitra.store;

/** No model with this digest has been pushed, or not yet all of it. */
public final class NoSuchModelException extends Exception {

  private static final long serialVersionUID = 1L;

  NoSuchModelException(String message) {
    super(message);
  }
}
