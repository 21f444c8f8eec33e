package io.chitra.faults;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Traps at the points of a worker, for the next process that comes by: a trap is a file, and who
 * deletes it dies at once. Safe for use by several threads and processes.
 *
 * @param folder of the files
 */
record Traps(String folder) implements Serializable {

  private static final int KILLED = 137;

  /** Sets a trap. */
  void set(Point point) throws IOException {
    Files.createDirectories(Path.of(folder));
    Files.writeString(file(point), "");
  }

  /** Whether a trap is set that nobody has come by. */
  boolean isSet(Point point) {
    return Files.exists(file(point));
  }

  /** Takes a trap away. */
  void clear(Point point) throws IOException {
    Files.deleteIfExists(file(point));
  }

  /** Comes by. */
  void pass(Point point) {
    try {
      if (Files.deleteIfExists(file(point))) {
        Runtime.getRuntime().halt(KILLED);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(Point point) {
    return Path.of(folder, point.name());
  }
}
