package io.chitra.worker.topology;

import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.StoredPicture;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A picture on its way into the store, and how many tasks wait for it. When the last of them has
 * left, the work on it stops. Safe for use by several threads.
 */
final class SharedPicture {

  private final CompletableFuture<StoredPicture> stored = new CompletableFuture<>();

  /** Guarded by this. */
  private int waiting = 1;

  /** Guarded by this. */
  private @Nullable CompletableFuture<RenderedPicture> rendering;

  /** Done when it is stored. */
  CompletableFuture<StoredPicture> stored() {
    return stored;
  }

  /** One more waits. */
  synchronized void join() {
    waiting++;
  }

  /** One less waits. Returns whether nobody does. */
  synchronized boolean leave() {
    waiting--;
    return waiting == 0;
  }

  synchronized boolean isAbandoned() {
    return waiting == 0;
  }

  /** Tells what renders it now, which is stopped where nobody waits any more. */
  CompletableFuture<RenderedPicture> rendering(CompletableFuture<RenderedPicture> now) {
    synchronized (this) {
      rendering = now;
    }
    stopIfAbandoned();
    return now;
  }

  /** Stops the rendering where nobody waits for it. */
  void stopIfAbandoned() {
    CompletableFuture<RenderedPicture> running;
    synchronized (this) {
      running = waiting == 0 ? rendering : null;
    }
    if (running != null) {
      running.cancel(false);
    }
  }
}
