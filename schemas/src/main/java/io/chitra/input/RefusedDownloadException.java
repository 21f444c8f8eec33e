package io.chitra.input;

/** A file that cannot be had from the web, however often one asks. */
public final class RefusedDownloadException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedDownloadException(String message) {
    super(message);
  }
}
