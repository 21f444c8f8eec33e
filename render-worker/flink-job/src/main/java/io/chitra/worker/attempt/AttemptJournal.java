package io.chitra.worker.attempt;

import io.chitra.worker.task.PlannedImage;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a picture that kills the process from killing it for ever. After each start it is noted
 * which tasks begin and which end; what has begun and not ended when the process dies is a suspect
 * at the next start, and suspects run alone. One that kills the process alone is given up: the
 * first death leads to notes, the second to suspects, the third to a verdict.
 *
 * <p>Notes are made from a start until two checkpoints have completed that began after a task had
 * ended: the work of at least one whole interval, so that a picture which the worker had come to
 * before it died is come to again while notes are made. From then on nothing is noted.
 *
 * <p>One for each render task. {@link #run}, {@link #checkpointBegins}, {@link
 * #checkpointCompleted} and {@link #close} belong to one thread; tasks end in any.
 */
public final class AttemptJournal implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AttemptJournal.class);

  /** See the class comment. */
  private static final int CHECKPOINTS = 2;

  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final Runner runner;
  private final AttemptLog log;
  private final AloneLock lock;
  private final Map<String, Deaths> suspects = new ConcurrentHashMap<>();
  private final Map<String, Deaths> givenUp = new ConcurrentHashMap<>();

  /** Those that the log has, and that have not ended. */
  private final Set<String> noted = ConcurrentHashMap.newKeySet();

  private final AtomicInteger suspectsInHand = new AtomicInteger();
  private final NavigableSet<Long> countingCheckpoints = new TreeSet<>();
  private int checkpointsLeft = CHECKPOINTS;
  private volatile boolean anyEnded;

  /**
   * @param found the notes of earlier starts, by the names of tasks
   * @param lock shared by all render tasks of this process
   */
  public AttemptJournal(Runner runner, Map<String, String> found, AttemptLog log, AloneLock lock) {
    this.runner = runner;
    this.log = log;
    this.lock = lock;
    found.forEach((task, note) -> Attempt.decoded(note).ifPresent(past -> look(task, past)));
    if (!suspects.isEmpty() || !givenUp.isEmpty()) {
      LOG.warn(
          "The worker died with {} pictures in hand; they are rendered alone. {} are not tried"
              + " again",
          suspects.size(),
          givenUp.size());
    }
  }

  private void look(String task, Attempt past) {
    if (past.runner().attempt().equals(runner.attempt())) {
      return; // It runs now, in another render task.
    }
    if (past.runner().process().equals(runner.process())) {
      CompletableFuture<Void> unused =
          log.ended(task); // This process lives: it has not died of it.
      return;
    }
    Deaths deaths = past.afterDeath();
    (deaths.enough() ? givenUp : suspects).put(task, deaths);
  }

  /**
   * Does the work for a task when its time has come, or what is to be done when it is given up.
   *
   * @param work never blocks; begins when it is called
   * @param verdict likewise, in place of the work
   */
  public <T> CompletableFuture<T> run(
      PlannedImage planned,
      Supplier<CompletableFuture<T>> work,
      Function<WorkerKilledException, CompletableFuture<T>> verdict) {
    if (checkpointsLeft == 0 && suspects.isEmpty() && givenUp.isEmpty()) {
      return lock.together(work);
    }
    String task = TaskId.of(planned).name();
    Deaths fatal = givenUp.get(task);
    if (fatal != null) {
      // Its note stays: should the verdict be lost with a checkpoint, it is passed again.
      LOG.error(
          "Giving up {}: the worker died with it in hand, {} times are noted", task, fatal.all());
      return verdict.apply(new WorkerKilledException(fatal));
    }
    Deaths past = suspects.get(task);
    if (past != null) {
      suspectsInHand.incrementAndGet();
      return lock.alone(() -> noted(task, Attempt.alone(past, runner), work))
          .whenComplete((result, failure) -> suspectsInHand.decrementAndGet());
    }
    return checkpointsLeft == 0
        ? lock.together(work)
        : lock.together(() -> noted(task, Attempt.first(runner), work));
  }

  /** Notes the start before it, and the end before anybody learns of the result. */
  private <T> CompletableFuture<T> noted(
      String task, Attempt attempt, Supplier<CompletableFuture<T>> work) {
    noted.add(task);
    return log.started(task, attempt.encoded())
        .thenCompose(done -> work.get())
        .handle(
            (result, failure) ->
                ended(task)
                    .thenCompose(
                        done ->
                            failure == null
                                ? CompletableFuture.completedFuture(result)
                                : CompletableFuture.<T>failedFuture(failure)))
        .thenCompose(Function.identity());
  }

  private CompletableFuture<Void> ended(String task) {
    anyEnded = true;
    suspects.remove(task);
    if (!noted.remove(task)) {
      return CompletableFuture.completedFuture(null);
    }
    return log.ended(task)
        .exceptionally(
            failure -> {
              LOG.warn("Cannot note that {} has ended; it may run alone some time", task, failure);
              return null;
            });
  }

  /** A checkpoint takes the state as it is now. */
  public void checkpointBegins(long checkpoint) {
    if (anyEnded && checkpointsLeft > 0) {
      countingCheckpoints.add(checkpoint);
    }
  }

  /** It, and so whatever came before it, is complete. */
  public void checkpointCompleted(long checkpoint) {
    if (checkpointsLeft > 0 && countingCheckpoints.contains(checkpoint)) {
      checkpointsLeft--;
    }
    countingCheckpoints.headSet(checkpoint, true).clear();
  }

  /** Suspects that have come up, and wait for their turn or have it. Any thread. */
  public int suspectsInHand() {
    return suspectsInHand.get();
  }

  /**
   * Takes back what is noted: whoever closes in an orderly way has not died. Blocks for a while at
   * most. To be called once the work in hand cannot kill any more; the log stays the caller's.
   */
  @Override
  public void close() {
    CompletableFuture<?>[] open =
        noted.stream().map(this::ended).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(open).get(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Cannot note in time that {} pictures have ended", open.length, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
