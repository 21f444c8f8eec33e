package io.chitra.worker.topology;

/** Topics that the worker cannot work with. */
public final class TopicException extends Exception {
  private static final long serialVersionUID = 1L;

  TopicException(String message) {
    super(message);
  }

  TopicException(String message, Throwable cause) {
    super(message, cause);
  }
}
