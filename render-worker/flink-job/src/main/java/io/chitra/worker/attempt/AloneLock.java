package io.chitra.worker.attempt;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Lets work run together, but for some that runs alone: one after the other, while nothing else
 * runs, and before what comes later. Nobody blocks: work that must wait is started by whoever ends
 * what it waits for.
 *
 * <p>Safe for use by several threads; to be shared by all tasks of a process.
 */
public final class AloneLock {

  private final Deque<Runnable> waitingAlone = new ArrayDeque<>();
  private final Deque<Runnable> waitingTogether = new ArrayDeque<>();
  private int running;
  private boolean aloneRuns;

  /** Starts the work as soon as nothing runs or waits that runs alone. */
  public <T> CompletableFuture<T> together(Supplier<CompletableFuture<T>> work) {
    return enter(work, waitingTogether);
  }

  /** Starts the work as soon as nothing else runs. */
  public <T> CompletableFuture<T> alone(Supplier<CompletableFuture<T>> work) {
    return enter(work, waitingAlone);
  }

  private <T> CompletableFuture<T> enter(
      Supplier<CompletableFuture<T>> work, Deque<Runnable> waiting) {
    CompletableFuture<T> result = new CompletableFuture<>();
    synchronized (this) {
      waiting.add(() -> run(work, result));
    }
    startNext();
    return result;
  }

  private <T> void run(Supplier<CompletableFuture<T>> work, CompletableFuture<T> result) {
    CompletableFuture<T> started;
    try {
      started = work.get();
    } catch (RuntimeException | Error e) {
      started = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<T> unused =
        started.whenComplete(
            (value, failure) -> {
              leave();
              if (failure == null) {
                result.complete(value);
              } else {
                result.completeExceptionally(failure);
              }
            });
  }

  private void leave() {
    synchronized (this) {
      running--;
      aloneRuns = false;
    }
    startNext();
  }

  private void startNext() {
    admitted().forEach(Runnable::run);
  }

  /** What may start now, and counts as running from now on. */
  private synchronized List<Runnable> admitted() {
    List<Runnable> admitted = new ArrayList<>();
    if (aloneRuns) {
      return admitted;
    }
    if (waitingAlone.isEmpty()) {
      admitted.addAll(waitingTogether);
      waitingTogether.clear();
      running += admitted.size();
    } else if (running == 0) {
      admitted.add(waitingAlone.remove());
      running = 1;
      aloneRuns = true;
    }
    return admitted;
  }
}
