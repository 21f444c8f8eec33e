package io.chitra.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Why a command ends without doing what it was asked for, as a message for a person. */
final class CliException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CliException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** It was asked for something that cannot be. */
  static CliException usage(String message) {
    return new CliException(CommandLine.ExitCode.USAGE, message, null);
  }

  /** It was asked for something that cannot be, as the cause says. */
  static CliException usage(Exception cause) {
    return new CliException(CommandLine.ExitCode.USAGE, String.valueOf(cause.getMessage()), cause);
  }

  /** It could not be done. */
  static CliException failed(String message) {
    return new CliException(CommandLine.ExitCode.SOFTWARE, message, null);
  }

  int exitCode() {
    return exitCode;
  }
}
