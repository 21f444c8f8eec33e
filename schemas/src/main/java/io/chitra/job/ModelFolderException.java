package io.chitra.job;

/** A folder that is no model, or none that can be understood: which file, and what was expected. */
public final class ModelFolderException extends Exception {

  private static final long serialVersionUID = 1L;

  ModelFolderException(String message) {
    super(message);
  }

  ModelFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
