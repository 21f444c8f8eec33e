package io.chitra.embedded.bench;

import io.chitra.cli.machine.BenchListener;
import io.chitra.cli.machine.BenchReport.Timing;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.EngineOptions;
import io.chitra.diffusion.EngineStats;
import io.chitra.diffusion.ModelSetup;
import io.chitra.diffusion.Picture;
import io.chitra.diffusion.RenderRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * An engine with one model, loaded and used once, and the requests that it is given. Used by one
 * thread.
 */
final class EngineLoad implements AutoCloseable {

  private static final long LOOK_MILLIS = 10;

  private final Engine engine;
  private final ModelSetup model;

  private EngineLoad(Engine engine, ModelSetup model) {
    this.engine = engine;
    this.model = model;
  }

  /**
   * Starts an engine, and makes one picture so that the model is loaded.
   *
   * @param first what that picture is
   */
  static EngineLoad start(EngineOptions options, ModelSetup model, RenderRequest first)
      throws DiffusionException, ExecutionException, InterruptedException {
    EngineLoad load = new EngineLoad(Engine.start(options), model);
    try {
      Picture unused = load.engine.render(model, first).get();
      return load;
    } catch (ExecutionException | InterruptedException | RuntimeException e) {
      load.close();
      throw e;
    }
  }

  EngineStats stats() {
    return engine.stats();
  }

  /**
   * Renders all requests, so many at a time.
   *
   * @param watcher is shown what the engine does, many times a second
   */
  Timing render(
      List<RenderRequest> requests,
      int inFlight,
      Consumer<EngineStats> watcher,
      BenchListener listener)
      throws ExecutionException, InterruptedException {
    long before = engine.stats().pictures();
    Semaphore places = new Semaphore(inFlight);
    List<CompletableFuture<Picture>> pictures = new ArrayList<>();
    long start = System.nanoTime();
    for (RenderRequest request : requests) {
      while (!places.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        look(before, watcher, listener);
      }
      pictures.add(
          engine.render(model, request).whenComplete((picture, failure) -> places.release()));
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(pictures.toArray(CompletableFuture<?>[]::new));
    while (!ended(all)) {
      look(before, watcher, listener);
    }
    Timing timing = new Timing(requests.size(), (System.nanoTime() - start) / 1e9);
    listener.made(requests.size());
    return timing;
  }

  private void look(long before, Consumer<EngineStats> watcher, BenchListener listener) {
    EngineStats now = engine.stats();
    watcher.accept(now);
    listener.made(now.pictures() - before);
  }

  private static boolean ended(CompletableFuture<Void> all)
      throws ExecutionException, InterruptedException {
    try {
      all.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** The share of rows that pictures had between two looks at one engine, 0 to 1. */
  static double occupancy(EngineStats from, EngineStats to) {
    return (double) (to.rowsRun() - from.rowsRun()) / (to.rowPlaces() - from.rowPlaces());
  }

  @Override
  public void close() {
    engine.close();
  }
}
