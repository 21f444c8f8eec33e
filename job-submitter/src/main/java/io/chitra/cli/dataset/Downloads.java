package io.chitra.cli.dataset;

import io.chitra.dataset.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Fetches pictures into files, a few at a time, and checks each against its SHA-256; a file that is
 * there and right is left alone. A file appears whole or not at all. Started and awaited by one
 * thread; works with threads of its own until it is closed.
 */
final class Downloads implements AutoCloseable {

  private static final int THREADS = 8;
  private static final int WAITING = 64;

  private final PictureSource pictures;
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          THREADS,
          task -> {
            Thread thread = new Thread(task, "fetch-pictures");
            thread.setDaemon(true);
            return thread;
          });
  private final Semaphore places = new Semaphore(WAITING);
  private final BitSet failed = new BitSet();
  private @Nullable String firstFailure;

  Downloads(PictureSource pictures) {
    this.pictures = pictures;
  }

  /** Fetches the picture of a position; waits while too many others wait. */
  void start(int position, String objectKey, String sha256, Path file) throws InterruptedException {
    places.acquire();
    threads.execute(
        () -> {
          try {
            fetch(objectKey, sha256, file);
          } catch (IOException | RuntimeException e) {
            fail(position, objectKey, e);
          } finally {
            places.release();
          }
        });
  }

  private void fetch(String objectKey, String sha256, Path file) throws IOException {
    if (Files.isRegularFile(file) && Sha256.of(Files.readAllBytes(file)).equals(sha256)) {
      return;
    }
    byte[] bytes = pictures.fetch(objectKey).join();
    String found = Sha256.of(bytes);
    if (!found.equals(sha256)) {
      throw new IOException("its SHA-256 is %s, the record says %s".formatted(found, sha256));
    }
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    Files.write(part, bytes);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private synchronized void fail(int position, String objectKey, Exception e) {
    failed.set(position);
    if (firstFailure == null) {
      Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
      String message = cause.getMessage();
      firstFailure =
          "Cannot fetch picture %s: %s"
              .formatted(objectKey, message == null ? cause.toString() : message);
    }
  }

  /** Waits until nothing is being fetched any more. */
  void await() throws InterruptedException {
    places.acquire(WAITING);
    places.release(WAITING);
  }

  synchronized boolean failed(int position) {
    return failed.get(position);
  }

  synchronized int failures() {
    return failed.cardinality();
  }

  synchronized Optional<String> firstFailure() {
    return Optional.ofNullable(firstFailure);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
