package io.chitra.cli.flink;

/** What Flink could not be asked or did not do, as a message for a person. */
public final class FlinkException extends Exception {
  private static final long serialVersionUID = 1L;

  public FlinkException(String message) {
    super(message);
  }

  public FlinkException(String message, Throwable cause) {
    super(message, cause);
  }
}
