package io.chitra.faults;

import io.chitra.store.ForwardingObjectStore;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A store with traps before and after the puts of pictures; otherwise the other store. */
final class TrappedStore extends ForwardingObjectStore {

  private final Traps traps;

  TrappedStore(ObjectStore store, Traps traps) {
    super(store);
    this.traps = traps;
  }

  @Override
  public CompletableFuture<PutOutcome> putIfAbsent(
      String key, byte[] body, String contentType, Map<String, String> metadata) {
    traps.pass(Point.BEFORE_PUT);
    return super.putIfAbsent(key, body, contentType, metadata)
        .whenComplete((outcome, failure) -> traps.pass(Point.AFTER_PUT));
  }
}
