package io.chitra.worker.topology;

import io.chitra.store.ForwardingObjectStore;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A real store whose conditional puts do something else; the real one stays the caller's. */
class OtherPuts extends ForwardingObjectStore {

  private final Put put;

  /** In place of {@link ObjectStore#putIfAbsent}. */
  @FunctionalInterface
  interface Put {
    CompletableFuture<PutOutcome> put(
        String key, byte[] body, String contentType, Map<String, String> metadata);
  }

  OtherPuts(ObjectStore store, Put put) {
    super(store);
    this.put = put;
  }

  @Override
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    return put.put(key, body, contentType, metadata);
  }

  @Override
  public void close() {}
}
