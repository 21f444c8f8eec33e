package io.chitra.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file system of its own in memory, which can be filled to the last byte. Needs the right to
 * mount. For one thread.
 */
final class SmallDisk implements AutoCloseable {

  private static final int BLOCK = 64 * 1024;

  private final Path at;

  private SmallDisk(Path at) {
    this.at = at;
  }

  /**
   * Mounts one, with what lies there now.
   *
   * @param at made where it is missing
   * @return empty where this process may not
   */
  static Optional<SmallDisk> mount(Path at, int mebibytes)
      throws IOException, InterruptedException {
    Files.createDirectories(at);
    Path before = Files.createTempDirectory(at.getParent(), "before");
    try {
      copy(at, before);
      int exit =
          run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", at.toString());
      if (exit != 0) {
        return Optional.empty();
      }
      copy(before, at);
      return Optional.of(new SmallDisk(at));
    } finally {
      run("rm", "-r", before.toString());
    }
  }

  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    int exit = run("cp", "-a", from + "/.", to.toString());
    if (exit != 0) {
      throw new IOException("Cannot copy %s to %s: cp ends with %d".formatted(from, to, exit));
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Takes all that is free. */
  void fill() throws IOException {
    byte[] block = new byte[BLOCK];
    for (int size = BLOCK; size > 0; size /= 2) {
      try (OutputStream out = Files.newOutputStream(at.resolve("ballast-" + size))) {
        while (true) {
          out.write(block, 0, size);
        }
      } catch (IOException full) {
        // what is left is tried in smaller pieces
      }
    }
  }

  /** Gives it back. */
  void empty() throws IOException {
    for (int size = BLOCK; size > 0; size /= 2) {
      Files.deleteIfExists(at.resolve("ballast-" + size));
    }
  }

  @Override
  public void close() throws IOException {
    try {
      run("umount", "-l", at.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
