package io.chitra.store;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Another store, for subclasses that do one thing or the other differently. Owns the other store.
 */
public abstract class ForwardingObjectStore implements ObjectStore {

  private final ObjectStore store;

  protected ForwardingObjectStore(ObjectStore store) {
    this.store = store;
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
  public String address(String key) {
    return store.address(key);
  }

  @Override
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return store.putIfAbsent(key, body, contentType, metadata);
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
