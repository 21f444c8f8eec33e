package io.chitra.diffusion;

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
 * first, as soon as the files of all models exceed the bound. Loading happens on the one thread
 * that leases; leases may end on any thread.
 */
final class ModelCache implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);

  private final OnnxRuntime runtime;
  private final EngineOptions options;

  /** Oldest use first; guarded by this. */
  private final Map<ModelSetup, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  ModelCache(OnnxRuntime runtime, EngineOptions options) {
    this.runtime = runtime;
    this.options = options;
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

  /** Leases a model, which is loaded first where it must be. */
  Lease lease(ModelSetup setup) throws DiffusionException {
    synchronized (this) {
      Entry entry = entries.get(setup);
      if (entry != null) {
        return new Lease(entry);
      }
    }
    closeUnused(options.maxModelBytes() - LoadedModel.bytes(setup));
    long start = System.nanoTime();
    LoadedModel model = new LoadedModel(runtime, setup, options.maxPromptEncodings());
    LOG.info("Loaded model {} in {} ms", setup, (System.nanoTime() - start) / 1_000_000);
    synchronized (this) {
      Entry entry = new Entry(model);
      entries.put(setup, entry);
      return new Lease(entry);
    }
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
