package io.chitra.cli.submit;

import org.jspecify.annotations.Nullable;

/** Why a file that a job names cannot be used, as a message for a person. */
final class InputException extends Exception {
  private static final long serialVersionUID = 1L;

  InputException(String message) {
    this(message, null);
  }

  InputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
