package io.chitra.cli.topics;

/** Why the topics cannot be used, as a message for a person. */
public final class TopicException extends Exception {
  private static final long serialVersionUID = 1L;

  public TopicException(String message) {
    super(message);
  }

  public TopicException(String message, Throwable cause) {
    super(message, cause);
  }
}
