package io.chitra.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder for files on the way, of this process alone. Those that killed processes have left are
 * removed. Closing it deletes it.
 */
final class Scratch implements AutoCloseable {

  private final Path folder;

  private Scratch(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes one.
   *
   * @param parent of the folders of all processes; made where it is missing
   */
  static Scratch in(Path parent) throws IOException {
    Files.createDirectories(parent);
    try (Stream<Path> folders = Files.list(parent)) {
      for (Path left : folders.filter(Scratch::isLeft).toList()) {
        delete(left);
      }
    }
    Path folder = parent.resolve(Long.toString(ProcessHandle.current().pid()));
    return new Scratch(Files.createDirectories(folder));
  }

  /** Whether the process that a folder belongs to is gone. */
  private static boolean isLeft(Path folder) {
    String name = folder.getFileName().toString();
    return name.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(name)).isEmpty();
  }

  Path folder() {
    return folder;
  }

  private static void delete(Path folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException | UncheckedIOException e) {
      return; // another process clears up as well
    }
    for (Path path : paths) {
      Files.deleteIfExists(path);
    }
  }

  @Override
  public void close() throws IOException {
    delete(folder);
  }
}
