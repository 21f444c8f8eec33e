package io.chitra.cli.check;

/** Why nothing can be checked, as a message for a person. */
public final class CheckException extends Exception {
  private static final long serialVersionUID = 1L;

  CheckException(String message, Throwable cause) {
    super(message, cause);
  }
}
