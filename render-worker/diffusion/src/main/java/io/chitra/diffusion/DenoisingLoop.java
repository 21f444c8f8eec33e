package io.chitra.diffusion;

import io.chitra.diffusion.Counters.Count;
import io.chitra.diffusion.onnx.Lanes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs the UNet of a device, for all pictures in flight: step by step, the
 * buckets in turn, so that none starves. Where the device has no memory for the rows, it goes on
 * with half of them, and pictures that had rows start again. Pictures arrive from any thread.
 */
final class DenoisingLoop implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DenoisingLoop.class);

  private final EngineOptions options;
  private final IntFunction<Environment> environments;
  private final Counters counters;
  private final Consumer<Rendering> denoised;
  private final Consumer<Order> again;
  private final Lanes lanes;
  private final Thread thread;

  /** Guarded by this. */
  private final Deque<Rendering> arrivals = new ArrayDeque<>();

  /** Why there have to be fewer rows, null when nothing is wrong; guarded by this. */
  private @Nullable DiffusionException outOfMemory;

  /** Guarded by this. */
  private boolean closed;

  private final Map<Bucket.Key, Bucket> buckets = new HashMap<>();
  private final Deque<Bucket> turns = new ArrayDeque<>();

  /** Changed by the loop's thread alone. */
  private volatile Bucket.Setting setting;

  /**
   * @param lanes that the rows of a batch are divided among
   * @param environments what bits depend on with so many rows
   * @param denoised takes the pictures that have done all their steps, on the loop's thread
   * @param again takes the pictures that have to start again, on the loop's thread
   */
  DenoisingLoop(
      EngineOptions options,
      int lanes,
      IntFunction<Environment> environments,
      Counters counters,
      Consumer<Rendering> denoised,
      Consumer<Order> again) {
    this.options = options;
    this.environments = environments;
    this.counters = counters;
    this.denoised = denoised;
    this.again = again;
    this.lanes = new Lanes(lanes);
    this.setting = setting(options.rows());
    this.thread = new Thread(this::run, "chitra-denoise");
    thread.setDaemon(true);
  }

  private Bucket.Setting setting(int rows) {
    return new Bucket.Setting(
        rows, environments.apply(rows), options.batching(), lanes, counters, denoised);
  }

  void start() {
    thread.start();
  }

  /** Rows of a batch now. */
  int rows() {
    return setting.rows();
  }

  /** What makes the pictures that start now. */
  Environment environment() {
    return setting.environment();
  }

  /**
   * Has the batches made smaller before the next run, because the device had no memory for
   * something else.
   */
  synchronized void makeRoom(DiffusionException why) {
    outOfMemory = why;
    notifyAll();
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
    DiffusionException why = takeOutOfMemory();
    if (why != null) {
      halveRows(why);
    }
    for (Rendering arrived = poll(); arrived != null; arrived = poll()) {
      sort(arrived);
    }
    Bucket bucket = turns.poll();
    if (bucket != null) {
      try {
        bucket.turn();
      } catch (DiffusionException e) {
        turns.add(bucket);
        halveRows(e);
        return true;
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

  private void halveRows(DiffusionException why) {
    counters.add(Count.OUT_OF_MEMORY, 1);
    setting = setting(Math.max(Bucket.FEWEST_ROWS, rows() / 2));
    LOG.warn(
        "Out of memory: from now on batches have {} rows, in environment class {}; pictures on"
            + " their way start again. {}",
        rows(),
        environment().environmentClass(),
        String.valueOf(why.getMessage()));
    List<Bucket> old = List.copyOf(turns);
    turns.clear();
    buckets.clear();
    for (Bucket bucket : old) {
      bucket.takeStarted().forEach(rendering -> again.accept(rendering.giveUp()));
      bucket.takeWaiting().forEach(this::sort);
    }
    System.gc(); // frees the rows of the old batches, which lie outside of the heap
  }

  /** Waits while there is nothing to do. Returns false when closed. */
  private synchronized boolean awaitWork() {
    while (arrivals.isEmpty() && turns.isEmpty() && outOfMemory == null && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        LOG.debug("Only close() ends the denoising loop", e);
      }
    }
    return !closed;
  }

  private synchronized @Nullable DiffusionException takeOutOfMemory() {
    DiffusionException why = outOfMemory;
    outOfMemory = null;
    return why;
  }

  private synchronized @Nullable Rendering poll() {
    return arrivals.poll();
  }

  private void sort(Rendering arrived) {
    try {
      Bucket.Key key = Bucket.Key.of(arrived);
      Bucket bucket = buckets.get(key);
      if (bucket == null) {
        bucket = new Bucket(key, setting);
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
    lanes.close();
  }
}
