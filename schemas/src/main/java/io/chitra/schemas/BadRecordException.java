package io.chitra.schemas;

/**
 * Bytes that are no record of the kind asked for. Permanent: the same bytes never become one,
 * unless the schema that they name is made known.
 */
public final class BadRecordException extends Exception {

  private static final long serialVersionUID = 1L;

  BadRecordException(String message) {
    super(message);
  }

  BadRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
