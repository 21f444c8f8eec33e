package io.chitra.diffusion.onnx;

import io.chitra.diffusion.DiffusionException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Threads that run parts of a batch side by side. On a CPU a run of its own on each core is faster
 * than one run on all of them, whose threads wait for each other in every operator
 * (docs/performance.md).
 *
 * <p>Used by one thread at a time, which works as the first lane; the others wait meanwhile for the
 * next batch, until closed.
 */
public final class Lanes implements AutoCloseable {

  /** A part of a batch. */
  interface Part {
    void run() throws DiffusionException;
  }

  private final int count;
  private final ExecutorService others;

  /**
   * @param count 1 or more
   */
  public Lanes(int count) {
    this.count = count;
    this.others =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "chitra-lane");
              thread.setDaemon(true);
              return thread;
            });
  }

  int count() {
    return count;
  }

  /**
   * Runs all parts, as many as there are lanes at most, and returns when every one has ended.
   *
   * @throws DiffusionException the first part's that failed
   */
  void run(List<Part> parts) throws DiffusionException {
    List<Future<?>> beside = new ArrayList<>();
    for (Part part : parts.subList(1, parts.size())) {
      beside.add(
          others.submit(
              () -> {
                part.run();
                return null;
              }));
    }
    Throwable failure = null;
    try {
      parts.get(0).run();
    } catch (DiffusionException | RuntimeException | Error e) {
      failure = e;
    }
    for (Future<?> future : beside) {
      Throwable other = await(future);
      failure = failure == null ? other : failure;
    }
    if (failure instanceof DiffusionException known) {
      throw known;
    }
    if (failure != null) {
      throw new IllegalStateException("Cannot run a part of a batch: " + failure, failure);
    }
  }

  /** Memory that a native call works on must not be used by others before it has returned. */
  private static @Nullable Throwable await(Future<?> future) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          future.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          return e.getCause();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    others.shutdown();
  }
}
