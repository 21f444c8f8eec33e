package io.chitra.worker.plan;

/** There is no usable model with a job's digest. Permanent. */
public final class UnknownModelException extends Exception {
  private static final long serialVersionUID = 1L;

  public UnknownModelException(String message, Throwable cause) {
    super(message, cause);
  }
}
