package io.chitra.faults;

import io.chitra.store.ConditionalPuts;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import io.chitra.store.StoredObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A store with traps before and after the puts of pictures; otherwise the other store. */
final class TrappedStore implements ObjectStore {

  private final ObjectStore store;
  private final Traps traps;

  TrappedStore(ObjectStore store, Traps traps) {
    this.store = store;
    this.traps = traps;
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
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    traps.pass(Point.BEFORE_PUT);
    return store
        .putIfAbsent(key, body, contentType, metadata)
        .whenComplete((outcome, failure) -> traps.pass(Point.AFTER_PUT));
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
  public void close() {
    store.close();
  }
}
