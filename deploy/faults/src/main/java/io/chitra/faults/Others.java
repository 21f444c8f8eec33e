package io.chitra.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Programs of others that the suite can use, in the folder that {@code -Dfaults.others} names, as
 * {@code deploy/faults/others.sh} builds them there. None of them is needed.
 */
final class Others {

  private static final Path FOLDER =
      Path.of(System.getProperty("faults.others", "target/others")).toAbsolutePath();

  private Others() {}

  /** A program, when it was built. */
  static Optional<Path> program(String name) {
    return Optional.of(FOLDER.resolve(name)).filter(Files::isExecutable);
  }
}
