package io.chitra.cli.export;

/** Why a dataset is not exported, as a message for a person. */
public class ExportException extends Exception {

  private static final long serialVersionUID = 1L;

  public ExportException(String message) {
    super(message);
  }

  public ExportException(String message, Throwable cause) {
    super(message, cause);
  }
}
