package io.chitra.faults;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Traps at the points of a worker, for the next process that comes by: a trap is a file, and who
 * deletes it dies at once, or falls asleep. Safe for use by several threads and processes.
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
      if (!Files.deleteIfExists(file(point))) {
        return;
      }
      if (point.isDeath()) {
        Runtime.getRuntime().halt(KILLED);
      }
      Signals.stop(ProcessHandle.current());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path file(Point point) {
    return Path.of(folder, point.name());
  }
}
