package io.chitra.embedded.bench;

import io.chitra.store.ConditionalPuts;
import io.chitra.store.ForwardingObjectStore;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import io.chitra.store.StoredObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A store that takes pictures, record files and archived jobs in no time, and forgets them; models
 * and schemas are in the real one behind it, which it owns.
 */
final class MillionStore extends ForwardingObjectStore {

  MillionStore(ObjectStore real) {
    super(real);
  }

  private static boolean forgotten(String key) {
    return key.startsWith("images/") || key.startsWith("records/") || key.startsWith("jobs/");
  }

  @Override
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return forgotten(key)
        ? CompletableFuture.completedFuture(PutOutcome.CREATED)
        : super.putIfAbsent(key, body, contentType, metadata);
  }

  @Override
  public CompletableFuture<Void> put(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return forgotten(key)
        ? CompletableFuture.completedFuture(null)
        : super.put(key, body, contentType, metadata);
  }

  @Override
  public CompletableFuture<Void> put(
      String key, Path file, String contentType, Map<String, String> metadata) {
    return forgotten(key)
        ? CompletableFuture.completedFuture(null)
        : super.put(key, file, contentType, metadata);
  }

  @Override
  public CompletableFuture<Optional<StoredObject>> head(String key) {
    return forgotten(key) ? CompletableFuture.completedFuture(Optional.empty()) : super.head(key);
  }

  @Override
  public Iterable<String> list(String keyPrefix) {
    return forgotten(keyPrefix) ? List.of() : super.list(keyPrefix);
  }

  @Override
  public CompletableFuture<ConditionalPuts> probeConditionalPuts() {
    return CompletableFuture.completedFuture(ConditionalPuts.HONOURED);
  }
}
