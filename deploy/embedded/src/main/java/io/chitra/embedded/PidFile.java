package io.chitra.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The file that says which process runs under a name. It holds the process's start too, since
 * numbers of processes are given out again.
 */
record PidFile(Path file) {

  /** Says that this process runs. */
  void write(ProcessHandle process) throws IOException {
    Folders.writePrivately(file, process.pid() + "\n" + start(process) + "\n");
  }

  /** The process that it names, while that runs. */
  Optional<ProcessHandle> running() throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (lines.size() != 2 || !lines.get(0).matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return ProcessHandle.of(Long.parseLong(lines.get(0)))
        .filter(ProcessHandle::isAlive)
        .filter(process -> start(process).equals(lines.get(1)));
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  private static String start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }
}
