package io.chitra.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A copy of a bucket as a folder, each object a file under its key: what {@code aws s3 sync} makes,
 * and what the embedded stack keeps. It is only read: whatever would change it fails. Of an object
 * it knows the bytes alone, no metadata. Reads in the caller's thread; nothing to close.
 */
public final class FolderStore implements ObjectStore {

  private final Path root;

  /**
   * A store over a folder.
   *
   * @throws StoreException when there is no such folder
   */
  public FolderStore(Path root) {
    this.root = root.toAbsolutePath().normalize();
    if (!Files.isDirectory(this.root)) {
      throw StoreException.permanent(
          "Cannot read from %s: there is no such folder".formatted(this.root), null);
    }
  }

  @Override
  public String bucket() {
    return String.valueOf(root.getFileName());
  }

  @Override
  public String objectKey(String key) {
    return key;
  }

  @Override
  public String address(String key) {
    return root + "/" + key;
  }

  @Override
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return refused(key);
  }

  @Override
  public CompletableFuture<Void> put(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return refused(key);
  }

  @Override
  public CompletableFuture<Void> put(
      String key, Path file, String contentType, Map<String, String> metadata) {
    return refused(key);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return refused(key);
  }

  @Override
  public CompletableFuture<Void> ensureBucket() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<ConditionalPuts> probeConditionalPuts() {
    return refused("");
  }

  private <T> CompletableFuture<T> refused(String key) {
    return CompletableFuture.failedFuture(
        StoreException.permanent(
            "Cannot change %s: a folder is only read".formatted(address(key)), null));
  }

  @Override
  public CompletableFuture<Optional<StoredObject>> head(String key) {
    return read(
        key,
        file -> {
          if (!Files.isRegularFile(file)) {
            return Optional.empty();
          }
          BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
          String etag = "\"%x-%x\"".formatted(seen.size(), seen.lastModifiedTime().toMillis());
          return Optional.of(
              new StoredObject(
                  key, seen.size(), etag, null, Map.of(), seen.lastModifiedTime().toInstant()));
        });
  }

  @Override
  public CompletableFuture<byte[]> get(String key) {
    return read(key, Files::readAllBytes);
  }

  @Override
  public CompletableFuture<Path> download(String key, Path to) {
    return read(
        key,
        file -> {
          Path part = Files.createTempFile(to.toAbsolutePath().getParent(), "part", null);
          try {
            Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
            return Files.move(part, to, StandardCopyOption.REPLACE_EXISTING);
          } finally {
            Files.deleteIfExists(part);
          }
        });
  }

  private interface Reading<T> {
    T of(Path file) throws IOException;
  }

  private <T> CompletableFuture<T> read(String key, Reading<T> reading) {
    Path file = root.resolve(key).normalize();
    if (!file.startsWith(root)) {
      return CompletableFuture.failedFuture(
          StoreException.permanent(
              "Cannot read %s: it leads out of the folder".formatted(address(key)), null));
    }
    try {
      return CompletableFuture.completedFuture(reading.of(file));
    } catch (NoSuchFileException e) {
      return CompletableFuture.failedFuture(
          file.toString().equals(Objects.requireNonNullElse(e.getFile(), ""))
              ? new NoSuchObjectException("There is no " + address(key), e)
              : StoreException.transientFailure(
                  "Cannot read %s: %s".formatted(address(key), e), e));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(
          StoreException.transientFailure("Cannot read %s: %s".formatted(address(key), e), e));
    }
  }

  @Override
  public Iterable<String> list(String keyPrefix) {
    return () -> new Keys(listed(() -> new FolderListing(root, keyPrefix)));
  }

  private static <T> T listed(Supplier<T> step) {
    try {
      return step.get();
    } catch (UncheckedIOException e) {
      throw StoreException.transientFailure(String.valueOf(e.getMessage()), e);
    }
  }

  private record Keys(FolderListing listing) implements Iterator<String> {

    @Override
    public boolean hasNext() {
      return listing.hasNext();
    }

    @Override
    public String next() {
      return listed(listing::next);
    }
  }

  @Override
  public void close() {}
}
