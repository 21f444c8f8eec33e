package io.chitra.worker.topology;

import io.chitra.store.ConditionalPuts;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import io.chitra.store.StoredObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A real store whose conditional puts do something else. */
class OtherPuts implements ObjectStore {

  private final ObjectStore store;
  private final Put put;

  /** In place of {@link ObjectStore#putIfAbsent}. */
  @FunctionalInterface
  interface Put {
    CompletableFuture<PutOutcome> put(
        String key, byte[] body, String contentType, Map<String, String> metadata);
  }

  OtherPuts(ObjectStore store, Put put) {
    this.store = store;
    this.put = put;
  }

  @Override
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return put.put(key, body, contentType, metadata);
  }

  @Override
  public String bucket() {
    return store.bucket();
  }

  @Override
  public String objectKey(String key) {
    return store.objectKey(key);
  }

  @Override
  public CompletableFuture<Void> put(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return store.put(key, body, contentType, metadata);
  }

  @Override
  public CompletableFuture<Void> put(
      String key, Path file, String contentType, Map<String, String> metadata) {
    return store.put(key, file, contentType, metadata);
  }

  @Override
  public CompletableFuture<Optional<StoredObject>> head(String key) {
    return store.head(key);
  }

  @Override
  public CompletableFuture<byte[]> get(String key) {
    return store.get(key);
  }

  @Override
  public CompletableFuture<Path> download(String key, Path to) {
    return store.download(key, to);
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return store.delete(key);
  }

  @Override
  public Iterable<String> list(String keyPrefix) {
    return store.list(keyPrefix);
  }

  @Override
  public CompletableFuture<Void> ensureBucket() {
    return store.ensureBucket();
  }

  @Override
  public CompletableFuture<ConditionalPuts> probeConditionalPuts() {
    return store.probeConditionalPuts();
  }

  @Override
  public void close() {}
}
