package io.chitra.worker.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AloneLockTest {

  private final AloneLock lock = new AloneLock();
  private final List<String> started = new ArrayList<>();

  /** Work that says that it has started, and ends when its future is completed. */
  private Supplier<CompletableFuture<Void>> work(String name, CompletableFuture<Void> end) {
    return () -> {
      started.add(name);
      return end;
    };
  }

  private static CompletableFuture<Void> open() {
    return new CompletableFuture<>();
  }

  @Test
  void whatMayRunTogetherDoes() {
    CompletableFuture<Void> a = lock.together(work("a", open()));
    CompletableFuture<Void> b = lock.together(work("b", open()));

    assertEquals(List.of("a", "b"), started);
    assertFalse(a.isDone() || b.isDone());
  }

  @Test
  void whatRunsAloneWaitsForAllOthersAndHoldsUpTheRest() {
    CompletableFuture<Void> a = open();
    CompletableFuture<Void> b = open();
    CompletableFuture<Void> x = open();
    CompletableFuture<Void> y = open();
    lock.together(work("a", a));
    lock.together(work("b", b));
    lock.alone(work("x", x));
    lock.together(work("c", open()));
    lock.alone(work("y", y));
    assertEquals(List.of("a", "b"), started);

    a.complete(null);
    assertEquals(List.of("a", "b"), started);
    b.complete(null);
    assertEquals(List.of("a", "b", "x"), started);
    x.complete(null);
    assertEquals(List.of("a", "b", "x", "y"), started, "those alone go first");
    y.complete(null);
    assertEquals(List.of("a", "b", "x", "y", "c"), started);
  }

  @Test
  void whatFailsOrThrowsLetsTheNextOneIn() {
    CompletableFuture<Void> fails =
        lock.alone(() -> CompletableFuture.failedFuture(new IllegalStateException("no")));
    CompletableFuture<Void> throwing =
        lock.alone(
            () -> {
              throw new IllegalStateException("no");
            });
    CompletableFuture<Void> after = lock.together(() -> CompletableFuture.completedFuture(null));

    assertThrows(CompletionException.class, fails::join);
    assertThrows(CompletionException.class, throwing::join);
    assertTrue(after.isDone());
  }

  @Test
  void fromManyThreadsNothingRunsBesideWhatRunsAlone() {
    Random random = new Random(7);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger broken = new AtomicInteger();
    AtomicInteger shared = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      boolean alone = random.nextInt(10) == 0;
      Supplier<CompletableFuture<Void>> work =
          () ->
              CompletableFuture.runAsync(
                  () -> {
                    int before = running.getAndIncrement();
                    if (alone && before > 0) {
                      broken.incrementAndGet();
                    }
                    shared.accumulateAndGet(before, Math::max);
                    Thread.yield();
                    if (running.decrementAndGet() > 0 && alone) {
                      broken.incrementAndGet();
                    }
                  },
                  threads);
      all.add(alone ? lock.alone(work) : lock.together(work));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).join();
    threads.shutdown();

    assertEquals(0, broken.get());
    assertTrue(shared.get() > 0, "others did run together");
  }
}
