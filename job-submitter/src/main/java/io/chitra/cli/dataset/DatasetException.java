package io.chitra.cli.dataset;

/** Why a dataset's folder could not be written, as a message for a person. */
public final class DatasetException extends Exception {
  private static final long serialVersionUID = 1L;

  DatasetException(String message) {
    super(message);
  }

  DatasetException(String message, Throwable cause) {
    super(message, cause);
  }
}
