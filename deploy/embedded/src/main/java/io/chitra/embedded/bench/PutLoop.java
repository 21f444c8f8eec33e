package io.chitra.embedded.bench;

import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What storing pictures costs when there is nothing else: a look at a key, and a put on the
 * condition that it is free.
 */
final class PutLoop {

  private final ObjectStore store;
  private final byte[] file;
  private final Map<String, String> metadata;
  private final int concurrency;

  /**
   * Makes a loop; puts nothing yet.
   *
   * @param store stays the caller's
   * @param file the body of every object
   * @param metadata of every object
   * @param concurrency pairs of requests side by side
   */
  PutLoop(ObjectStore store, byte[] file, Map<String, String> metadata, int concurrency) {
    this.store = store;
    this.file = file;
    this.metadata = metadata;
    this.concurrency = concurrency;
  }

  /** Blocks until so many objects are put; how long that took. */
  Duration run(int puts) {
    long start = System.nanoTime();
    AtomicInteger left = new AtomicInteger(puts);
    CompletableFuture.allOf(
            Stream.generate(() -> chain(left)).limit(concurrency).toArray(CompletableFuture[]::new))
        .join();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private CompletableFuture<Void> chain(AtomicInteger left) {
    if (left.getAndDecrement() <= 0) {
      return CompletableFuture.completedFuture(null);
    }
    String name = UUID.randomUUID().toString();
    String key = "images/%s/%s.png".formatted(name.substring(0, 2), name);
    return store
        .head(key)
        .thenCompose(found -> store.putIfAbsent(key, file, "image/png", metadata))
        .thenCompose(
            outcome ->
                outcome == PutOutcome.CREATED
                    ? chain(left)
                    : CompletableFuture.failedFuture(
                        new IllegalStateException("Cannot put " + key + ": the key is taken")));
  }
}
