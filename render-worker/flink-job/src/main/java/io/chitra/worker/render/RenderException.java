package io.chitra.worker.render;

/** A task that can never become a picture. Permanent: it ends in a dead letter. */
public final class RenderException extends Exception {
  private static final long serialVersionUID = 1L;

  public RenderException(String message) {
    super(message);
  }

  public RenderException(String message, Throwable cause) {
    super(message, cause);
  }
}
