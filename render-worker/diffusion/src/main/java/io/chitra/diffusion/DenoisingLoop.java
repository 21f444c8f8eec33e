package io.chitra.diffusion;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs the UNet of a device, for all pictures in flight: step by step, the
 * buckets in turn, so that none starves. Pictures arrive from any thread.
 */
final class DenoisingLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DenoisingLoop.class);

  private final int maxRows;
  private final Consumer<Rendering> denoised;
  private final Thread thread;

  /** Guarded by this. */
  private final Deque<Rendering> arrivals = new ArrayDeque<>();

  /** Guarded by this. */
  private boolean closed;

  private final Map<Bucket.Key, Bucket> buckets = new HashMap<>();
  private final Deque<Bucket> turns = new ArrayDeque<>();

  /**
   * @param denoised takes the pictures that have done all their steps, on the loop's thread
   */
  DenoisingLoop(int maxRows, Consumer<Rendering> denoised) {
    this.maxRows = maxRows;
    this.denoised = denoised;
    this.thread = new Thread(this::run, "chitra-denoise");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Takes a prepared picture, which is certain to end from now on. */
  void add(Rendering rendering) {
    synchronized (this) {
      if (!closed) {
        arrivals.add(rendering);
        notifyAll();
        return;
      }
    }
    rendering.fail(Failures.closed());
  }

  private void run() {
    boolean open = true;
    while (open) {
      try {
        open = turn();
      } catch (RuntimeException | Error e) {
        LOG.error("A turn of the denoising loop failed; it goes on", e);
      }
    }
  }

  /** Sorts in what has come and gives the next bucket its turn. Returns false when closed. */
  private boolean turn() {
    if (!awaitWork()) {
      failWhatIsLeft();
      return false;
    }
    for (Rendering arrived = poll(); arrived != null; arrived = poll()) {
      sort(arrived);
    }
    Bucket bucket = turns.poll();
    if (bucket != null) {
      try {
        bucket.turn();
      } catch (RuntimeException | Error e) {
        bucket.failAll(e);
      }
      if (bucket.isEmpty()) {
        buckets.remove(bucket.key());
      } else {
        turns.add(bucket);
      }
    }
    return true;
  }

  /** Waits while there is nothing to do. Returns false when closed. */
  private synchronized boolean awaitWork() {
    while (arrivals.isEmpty() && turns.isEmpty() && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        LOG.debug("Only close() ends the denoising loop", e);
      }
    }
    return !closed;
  }

  private synchronized @Nullable Rendering poll() {
    return arrivals.poll();
  }

  private void sort(Rendering arrived) {
    try {
      Bucket.Key key = Bucket.Key.of(arrived);
      Bucket bucket = buckets.get(key);
      if (bucket == null) {
        bucket = new Bucket(key, maxRows, denoised);
        buckets.put(key, bucket);
        turns.add(bucket);
      }
      bucket.add(arrived);
    } catch (RuntimeException | Error e) {
      arrived.fail(e);
    }
  }

  private void failWhatIsLeft() {
    for (Rendering arrived = poll(); arrived != null; arrived = poll()) {
      arrived.fail(Failures.closed());
    }
    turns.forEach(bucket -> bucket.failAll(Failures.closed()));
    turns.clear();
    buckets.clear();
  }

  /** Lets the running step end, fails what is left, and waits for the thread. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    Threads.join(thread);
  }
}
