package io.chitra.cli.report;

/** Why a report that was asked for cannot be, as a message for a person. */
public final class ReportException extends Exception {
  private static final long serialVersionUID = 1L;

  ReportException(String message) {
    super(message);
  }
}
