package io.chitra.cli.submit;

/** Why a folder cannot be used as a model, as a message for a person. */
public final class ModelException extends Exception {
  private static final long serialVersionUID = 1L;

  ModelException(Exception cause) {
    super(cause.getMessage(), cause);
  }
}
