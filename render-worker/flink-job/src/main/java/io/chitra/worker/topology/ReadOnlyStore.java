package io.chitra.worker.topology;

import io.chitra.store.ConditionalPuts;
import io.chitra.store.ForwardingObjectStore;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A store that nothing is put into, and nothing removed from. */
final class ReadOnlyStore extends ForwardingObjectStore {

  ReadOnlyStore(ObjectStore store) {
    super(store);
  }

  private static <T> CompletableFuture<T> refused(String key) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("Cannot change " + key + ": this store is only read"));
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
    return refused(bucket());
  }

  @Override
  public CompletableFuture<ConditionalPuts> probeConditionalPuts() {
    return refused(bucket());
  }
}
