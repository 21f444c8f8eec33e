package io.chitra.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of models, each in a folder named by its digest and whole whenever it is there: a model
 * is gathered beside it and renamed. Shared by threads and by processes of one machine: one at a
 * time gathers a certain model, one at a time makes room. When a model was last asked for is its
 * folder's modification time.
 */
final class ModelCache {

  /** Whoever was given a folder has this long to read what it needs. */
  static final Duration KEPT_AFTER_USE = Duration.ofMinutes(10);

  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);

  private static final String PARTIAL = ".partial-";
  private static final String REMOVED = ".removed-";
  private static final String LOCKS = ".locks";
  private static final String ROOM_LOCK = "room";

  private final Path folder;
  private final long maxBytes;
  private final Clock clock;

  /** Writes a model into an empty folder. */
  @FunctionalInterface
  interface Gatherer {
    void gatherInto(Path folder) throws IOException;
  }

  private record Kept(Path folder, long bytes, Instant lastUsed) {}

  ModelCache(Path folder, long maxBytes, Clock clock) {
    this.folder = folder.toAbsolutePath();
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /** The model's folder, if it is there. */
  Optional<Path> find(String digest) throws IOException {
    Path model = folder.resolve(digest);
    try {
      touch(model);
      return Optional.of(model);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** The model's folder; gathered first if it is not there. */
  Path findOrGather(String digest, long bytes, Gatherer gatherer) throws IOException {
    if (bytes > maxBytes) {
      throw StoreException.permanent(
          "Cannot keep the model %s: it has %d bytes, and the cache %s may hold %d; allow it more"
              .formatted(digest, bytes, folder, maxBytes),
          null);
    }
    Files.createDirectories(folder.resolve(LOCKS));
    try (PathLock gathering = PathLock.take(lock(digest))) {
      Optional<Path> found = find(digest);
      if (found.isPresent()) {
        return found.get();
      }
      Path partial = folder.resolve(PARTIAL + digest);
      FolderTree.delete(partial);
      Files.createDirectory(partial);
      gatherer.gatherInto(partial);
      try (PathLock room = PathLock.take(lock(ROOM_LOCK))) {
        removeRemains(digest);
        makeRoom(bytes);
        touch(partial);
        return Files.move(partial, folder.resolve(digest), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private Path lock(String name) {
    return folder.resolve(LOCKS).resolve(name);
  }

  private void touch(Path model) throws IOException {
    Files.setLastModifiedTime(model, FileTime.from(clock.instant()));
  }

  /** Removes the least recently used models until there is room; those just used stay anyhow. */
  private void makeRoom(long bytes) throws IOException {
    List<Kept> models = models();
    long total = bytes + models.stream().mapToLong(Kept::bytes).sum();
    Instant inUse = clock.instant().minus(KEPT_AFTER_USE);
    for (Kept model : models) {
      if (total <= maxBytes) {
        return;
      }
      if (model.lastUsed().isAfter(inUse)) {
        break;
      }
      LOG.info("Removing the model {} from the cache, for room", model.folder().getFileName());
      Path removed = folder.resolve(REMOVED + UUID.randomUUID());
      Files.move(model.folder(), removed, StandardCopyOption.ATOMIC_MOVE);
      FolderTree.delete(removed);
      total -= model.bytes();
    }
    if (total > maxBytes) {
      LOG.warn(
          "The model cache {} holds {} bytes and should hold {}: all its models are in use; allow"
              + " it more",
          folder,
          total,
          maxBytes);
    }
  }

  /** The models that are there, the least recently used first. */
  private List<Kept> models() throws IOException {
    List<Kept> models = new ArrayList<>();
    for (Path model : children()) {
      if (!model.getFileName().toString().startsWith(".")) {
        models.add(new Kept(model, size(model), Files.getLastModifiedTime(model).toInstant()));
      }
    }
    models.sort(Comparator.comparing(Kept::lastUsed));
    return models;
  }

  /** Removes what processes left behind that died. */
  private void removeRemains(String gathering) throws IOException {
    for (Path child : children()) {
      String name = child.getFileName().toString();
      if (name.startsWith(REMOVED)) {
        FolderTree.delete(child);
      } else if (name.startsWith(PARTIAL) && !name.equals(PARTIAL + gathering)) {
        Optional<PathLock> abandoned = PathLock.tryTake(lock(name.substring(PARTIAL.length())));
        if (abandoned.isPresent()) {
          try (PathLock held = abandoned.get()) {
            FolderTree.delete(child);
          }
        }
      }
    }
  }

  private List<Path> children() throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }

  private static long size(Path model) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
