package io.chitra.worker.render;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder of files, each named by its digest and whole whenever it is there: a file is written
 * beside it and renamed. Threads and processes may share the folder; two that want the same file at
 * once both write it, and the bytes are the same. When a file was last asked for is its
 * modification time.
 */
final class InputCache {

  /** Whoever was given a file has this long to read it. */
  static final Duration KEPT_AFTER_USE = Duration.ofMinutes(10);

  private static final String PARTIAL = ".partial-";

  private final Path folder;
  private final long maxBytes;
  private final InstantSource clock;

  private record Kept(Path file, long bytes, FileTime lastUsed) {}

  InputCache(Path folder, long maxBytes, InstantSource clock) {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  Optional<Path> find(String digest) throws IOException {
    Path file = folder.resolve(digest);
    try {
      Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
      return Optional.of(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** A place for a file that is being written; {@link #keep} or remove it. */
  Path partial() throws IOException {
    Files.createDirectories(folder);
    return folder.resolve(PARTIAL + UUID.randomUUID());
  }

  /** Takes in a whole file, and makes room for it. */
  Path keep(Path partial, String digest) throws IOException {
    Files.setLastModifiedTime(partial, FileTime.from(clock.instant()));
    makeRoom();
    return Files.move(
        partial,
        folder.resolve(digest),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes the files that nobody has asked for the longest; those just used stay anyhow. */
  private synchronized void makeRoom() throws IOException {
    List<Kept> files = files();
    long total = files.stream().mapToLong(Kept::bytes).sum();
    FileTime inUse = FileTime.from(clock.instant().minus(KEPT_AFTER_USE));
    for (Kept file : files) {
      if (total <= maxBytes || file.lastUsed().compareTo(inUse) > 0) {
        return;
      }
      Files.deleteIfExists(file.file());
      total -= file.bytes();
    }
  }

  /** The least recently used first; what a process that died was writing is one of them. */
  private List<Kept> files() throws IOException {
    List<Kept> files = new ArrayList<>();
    try (Stream<Path> children = Files.list(folder)) {
      for (Path file : (Iterable<Path>) children::iterator) {
        try {
          files.add(new Kept(file, Files.size(file), Files.getLastModifiedTime(file)));
        } catch (NoSuchFileException e) {
          // Another process was quicker to remove or to rename it.
        }
      }
    }
    files.sort(Comparator.comparing(Kept::lastUsed));
    return files;
  }
}
