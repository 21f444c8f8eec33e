package io.chitra.worker.look;

/**
 * A model or a reference set that cannot be used to look at pictures. Trying again does not help.
 */
public final class LookException extends Exception {

  private static final long serialVersionUID = 1L;

  LookException(String message, Throwable cause) {
    super(message, cause);
  }

  LookException(String message) {
    super(message);
  }
}
