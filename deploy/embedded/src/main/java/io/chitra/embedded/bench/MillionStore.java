package io.chitra.embedded.bench;

import io.chitra.store.ConditionalPuts;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import io.chitra.store.StoredObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A store that takes pictures and record files in no time, and forgets them; models and schemas are
 * in the real one behind it, which it owns.
 */
record MillionStore(ObjectStore real) implements ObjectStore {

  private static boolean forgotten(String key) {
    return key.startsWith("images/") || key.startsWith("records/");
  }

  @Override
  public String bucket() {
    return real.bucket();
  }

  @Override
  public String objectKey(String key) {
    return real.objectKey(key);
  }

  @Override
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return forgotten(key)
        ? CompletableFuture.completedFuture(PutOutcome.CREATED)
        : real.putIfAbsent(key, body, contentType, metadata);
  }

  @Override
  public CompletableFuture<Void> put(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return forgotten(key)
        ? CompletableFuture.completedFuture(null)
        : real.put(key, body, contentType, metadata);
  }

  @Override
  public CompletableFuture<Void> put(
      String key, Path file, String contentType, Map<String, String> metadata) {
    return forgotten(key)
        ? CompletableFuture.completedFuture(null)
        : real.put(key, file, contentType, metadata);
  }

  @Override
  public CompletableFuture<Optional<StoredObject>> head(String key) {
    return forgotten(key) ? CompletableFuture.completedFuture(Optional.empty()) : real.head(key);
  }

  @Override
  public CompletableFuture<byte[]> get(String key) {
    return real.get(key);
  }

  @Override
  public CompletableFuture<Path> download(String key, Path to) {
    return real.download(key, to);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return real.delete(key);
  }

  @Override
  public Iterable<String> list(String keyPrefix) {
    return forgotten(keyPrefix) ? List.of() : real.list(keyPrefix);
  }

  @Override
  public CompletableFuture<Void> ensureBucket() {
    return real.ensureBucket();
  }

  @Override
  public CompletableFuture<ConditionalPuts> probeConditionalPuts() {
    return CompletableFuture.completedFuture(ConditionalPuts.HONOURED);
  }

  @Override
  public void close() {
    real.close();
  }
}
