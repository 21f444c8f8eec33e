package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns what a server threw into a message for a person. */
final class Failures {
  private Failures() {}

  /** {@code Cannot <what>: <why>}, where why is the innermost reason that says something. */
  static MachineException cannot(String what, Throwable cause) {
    if (cause instanceof MachineException already) {
      return already;
    }
    return new MachineException("Cannot " + what + ": " + why(cause), cause);
  }

  /** The innermost reason that says something. */
  static String why(Throwable failure) {
    String said = "";
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String known = known(t);
      if (known != null) {
        return known;
      }
      if (t.getMessage() != null && !t.getMessage().isBlank()) {
        said = t.getMessage();
      }
    }
    return said.isEmpty() ? failure.getClass().getSimpleName() : said;
  }

  private static @Nullable String known(Throwable t) {
    String message = t.getMessage() == null ? "" : t.getMessage().toLowerCase(Locale.ROOT);
    if (t instanceof BindException || message.contains("address already in use")) {
      return "the port is taken; choose another one";
    }
    if (message.contains("no space left on device") || message.contains("disk quota exceeded")) {
      return "the disk is full; free some space or choose another folder with --state";
    }
    if (t instanceof ReadOnlyFileSystemException || message.contains("read-only file system")) {
      return "the file system is read-only; choose another folder with --state";
    }
    if (t instanceof AccessDeniedException) {
      return "no permission for " + t.getMessage() + "; choose another folder with --state";
    }
    return null;
  }
}
