package io.chitra.diffusion;

import io.chitra.diffusion.Counters.Count;
import io.chitra.diffusion.onnx.OnnxRuntime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models in memory. One that is leased is never closed; unused ones are closed, oldest use
 * first, as soon as the files of all models exceed the bound. A model that does not fit beside the
 * leased ones waits until they are free; one that is larger than the bound is there alone. Loading
 * happens on the one thread that leases; leases may end on any thread.
 */
final class ModelCache implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);

  private final OnnxRuntime runtime;
  private final EngineOptions options;
  private final Counters counters;

  /** Oldest use first; guarded by this. */
  private final Map<ModelSetup, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  /** Guarded by this. */
  private boolean refusing;

  ModelCache(OnnxRuntime runtime, EngineOptions options, Counters counters) {
    this.runtime = runtime;
    this.options = options;
    this.counters = counters;
  }

  /** The right to use a model until closed. */
  final class Lease implements AutoCloseable {

    private final Entry entry;

    /** Guarded by the cache. */
    private boolean ended;

    private Lease(Entry entry) {
      this.entry = entry;
      entry.leases++;
    }

    LoadedModel model() {
      return entry.model;
    }

    @Override
    public void close() {
      synchronized (ModelCache.this) {
        if (ended) {
          return;
        }
        ended = true;
        entry.leases--;
        ModelCache.this.notifyAll();
      }
      closeUnused(options.maxModelBytes());
    }
  }

  private static final class Entry {
    private final LoadedModel model;
    private int leases;

    Entry(LoadedModel model) {
      this.model = model;
    }
  }

  /** Whether a model is in memory. */
  synchronized boolean holds(ModelSetup setup) {
    return entries.containsKey(setup);
  }

  /** Leases a model, which is loaded first where it must be. */
  Lease lease(ModelSetup setup) throws DiffusionException {
    synchronized (this) {
      Entry entry = entries.get(setup);
      if (entry != null) {
        return new Lease(entry);
      }
    }
    long bytesForOthers = options.maxModelBytes() - LoadedModel.bytes(setup);
    awaitRoom(bytesForOthers);
    closeUnused(bytesForOthers);
    long start = System.nanoTime();
    LoadedModel model = new LoadedModel(runtime, setup, options.maxPromptEncodings(), counters);
    counters.add(Count.MODEL_LOADS, 1);
    LOG.info("Loaded model {} in {} ms", setup, (System.nanoTime() - start) / 1_000_000);
    synchronized (this) {
      Entry entry = new Entry(model);
      entries.put(setup, entry);
      return new Lease(entry);
    }
  }

  /** Waits until the leased models are within a bound, or there are none. */
  private synchronized void awaitRoom(long maxBytes) throws DiffusionException {
    while (!refusing && leasedBytes() > Math.max(maxBytes, 0)) {
      try {
        wait();
      } catch (InterruptedException e) {
        // only refuse() ends this
      }
    }
    if (refusing) {
      throw Failures.closed();
    }
  }

  private long leasedBytes() {
    return entries.values().stream()
        .filter(entry -> entry.leases > 0)
        .mapToLong(entry -> entry.model.bytes())
        .sum();
  }

  /** Loads no more models from now on. */
  synchronized void refuse() {
    refusing = true;
    notifyAll();
  }

  private void closeUnused(long maxBytes) {
    List<LoadedModel> unused = new ArrayList<>();
    synchronized (this) {
      long bytes = entries.values().stream().mapToLong(entry -> entry.model.bytes()).sum();
      Iterator<Entry> oldestFirst = entries.values().iterator();
      while (bytes > maxBytes && oldestFirst.hasNext()) {
        Entry entry = oldestFirst.next();
        if (entry.leases == 0) {
          oldestFirst.remove();
          unused.add(entry.model);
          bytes -= entry.model.bytes();
        }
      }
    }
    for (LoadedModel model : unused) {
      LOG.info("Closing model {}", model.setup());
      counters.add(Count.MODEL_CLOSES, 1);
      try {
        model.close();
      } catch (RuntimeException e) {
        LOG.warn("Model {} was not closed cleanly", model.setup(), e);
      }
    }
  }

  /** Closes every model; no lease may be open. */
  @Override
  public void close() {
    closeUnused(-1);
  }
}
