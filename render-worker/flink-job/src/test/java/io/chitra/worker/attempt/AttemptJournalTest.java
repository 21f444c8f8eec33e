package io.chitra.worker.attempt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.worker.task.PlannedImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Processes that die, in play: the log is a map that outlives them. */
class AttemptJournalTest {

  private final Map<String, String> notes = new TreeMap<>();
  private final List<String> written = new ArrayList<>();

  private final AttemptLog log =
      new AttemptLog() {
        @Override
        public CompletableFuture<Void> started(String task, String attempt) {
          written.add(task);
          notes.put(task, attempt);
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> ended(String task) {
          notes.remove(task);
          return CompletableFuture.completedFuture(null);
        }
      };

  private static PlannedImage picture(int index) {
    return new PlannedImage("render.jobs", 0, 5, new byte[] {1, 2, 3}, index);
  }

  private AttemptJournal journal(String attempt, String process) {
    return new AttemptJournal(
        new Runner(attempt, process), Map.copyOf(notes), log, new AloneLock());
  }

  private static CompletableFuture<String> run(
      AttemptJournal journal, int index, CompletableFuture<String> work) {
    return journal.run(
        picture(index), () -> work, e -> CompletableFuture.completedFuture(e.getMessage()));
  }

  private static CompletableFuture<String> done() {
    return CompletableFuture.completedFuture("done");
  }

  /**
   * A worker that goes on from its checkpoint after each death, with some pictures in hand at once.
   */
  private final class Worker {
    private final Set<Integer> killers;
    private final int inHand;
    private final Map<Integer, String> ended = new TreeMap<>();
    private final Set<Integer> checkpointed = new HashSet<>();
    private int deaths;

    Worker(int inHand, Integer... killers) {
      this.inHand = inHand;
      this.killers = Set.of(killers);
    }

    /** Until all have ended; whatever was ended after the last checkpoint is done again. */
    void work(int pictures) {
      for (int start = 0; ended.size() < pictures; start++) {
        assertTrue(start < 100, "it would go on for ever");
        ended.keySet().retainAll(checkpointed);
        if (!live(journal("a" + start, "p" + start), pictures)) {
          deaths++;
        }
      }
    }

    /** False when the process dies. */
    private boolean live(AttemptJournal journal, int pictures) {
      boolean[] dead = {false};
      Map<Integer, CompletableFuture<String>> open = new LinkedHashMap<>();
      Map<Integer, CompletableFuture<String>> results = new HashMap<>();
      List<Integer> waiting =
          IntStream.range(0, pictures)
              .filter(i -> !ended.containsKey(i))
              .boxed()
              .collect(Collectors.toCollection(ArrayList::new));
      while (!dead[0] && (!waiting.isEmpty() || !results.isEmpty())) {
        while (results.size() < inHand && !waiting.isEmpty()) {
          int index = waiting.remove(0);
          results.put(
              index,
              journal.run(
                  picture(index),
                  () -> {
                    CompletableFuture<String> end = new CompletableFuture<>();
                    open.put(index, end);
                    return end;
                  },
                  e -> CompletableFuture.completedFuture("given up")));
        }
        // One thing happens: the newest of those in hand ends, or kills.
        if (!open.isEmpty()) {
          int next = new TreeSet<>(open.keySet()).last();
          if (killers.contains(next)) {
            dead[0] = true;
            continue;
          }
          open.remove(next).complete("record");
        }
        results
            .entrySet()
            .removeIf(
                result -> {
                  if (result.getValue().isDone()) {
                    ended.put(result.getKey(), result.getValue().join());
                    return true;
                  }
                  return false;
                });
      }
      return !dead[0];
    }
  }

  @Test
  void whatKillsIsGivenUpAndNothingElse() {
    Worker worker = new Worker(4, 6);
    worker.work(20);

    assertEquals(
        Map.of(6, "given up"),
        worker.ended.entrySet().stream()
            .filter(e -> !e.getValue().equals("record"))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    assertTrue(worker.deaths <= 3, worker.deaths + " deaths");
  }

  @Test
  void eachThatKillsCostsThreeDeathsAtMost() {
    Worker worker = new Worker(4, 2, 3, 11);
    worker.work(20);

    assertEquals(
        Set.of(2, 3, 11),
        worker.ended.entrySet().stream()
            .filter(e -> e.getValue().equals("given up"))
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet()));
    assertTrue(worker.deaths <= 9, worker.deaths + " deaths");
  }

  @Test
  void onlyADeathAloneIsAVerdict() {
    for (int start = 0; start < 5; start++) { // dies each time before the suspect's turn comes
      AttemptJournal journal = journal("a" + start, "p" + start);
      run(journal, 0, new CompletableFuture<>());
      if (start == 0) {
        run(journal, 1, new CompletableFuture<>());
      }
    }
    // 0 was tried alone and has killed; 1 only stood beside it
    AttemptJournal last = journal("last", "last");
    assertTrue(
        run(last, 0, done()).join().contains("2 times are noted, 1 of them with nothing else"));
    assertEquals("done", run(last, 1, done()).join());
  }

  @Test
  void suspectsRunAloneOneAfterTheOtherAndBeforeOthers() {
    AttemptJournal first = journal("a0", "p0");
    run(first, 0, new CompletableFuture<>());
    run(first, 1, new CompletableFuture<>());

    AttemptJournal second = journal("a1", "p1");
    List<Integer> started = new ArrayList<>();
    List<CompletableFuture<String>> ends = new ArrayList<>();
    for (int index : new int[] {0, 1, 2}) {
      CompletableFuture<String> end = new CompletableFuture<>();
      ends.add(end);
      second.run(
          picture(index),
          () -> {
            started.add(index);
            return end;
          },
          e -> done());
    }
    assertEquals(List.of(0), started);
    assertEquals(2, second.suspectsInHand());
    ends.get(0).complete("done");
    assertEquals(List.of(0, 1), started);
    ends.get(1).complete("done");
    assertEquals(List.of(0, 1, 2), started);
    assertEquals(0, second.suspectsInHand());
  }

  @Test
  void theEndIsNotedBeforeTheResultIsKnown() {
    CompletableFuture<Void> acknowledged = new CompletableFuture<>();
    AttemptLog slow =
        new AttemptLog() {
          @Override
          public CompletableFuture<Void> started(String task, String attempt) {
            return CompletableFuture.completedFuture(null);
          }

          @Override
          public CompletableFuture<Void> ended(String task) {
            return acknowledged;
          }
        };
    AttemptJournal journal =
        new AttemptJournal(new Runner("a", "p"), Map.of(), slow, new AloneLock());
    CompletableFuture<String> result = run(journal, 0, done());

    assertFalse(result.isDone());
    acknowledged.complete(null);
    assertEquals("done", result.join());
  }

  @Test
  void nothingBeginsBeforeItsNote() {
    CompletableFuture<Void> acknowledged = new CompletableFuture<>();
    AttemptLog slow =
        new AttemptLog() {
          @Override
          public CompletableFuture<Void> started(String task, String attempt) {
            return acknowledged;
          }

          @Override
          public CompletableFuture<Void> ended(String task) {
            return CompletableFuture.completedFuture(null);
          }
        };
    AttemptJournal journal =
        new AttemptJournal(new Runner("a", "p"), Map.of(), slow, new AloneLock());
    List<String> begun = new ArrayList<>();
    journal.run(
        picture(0),
        () -> {
          begun.add("begun");
          return done();
        },
        e -> done());

    assertEquals(List.of(), begun);
    acknowledged.complete(null);
    assertEquals(List.of("begun"), begun);
  }

  @Test
  void anOrderlyCloseLeavesNoSuspects() {
    AttemptJournal journal = journal("a0", "p0");
    run(journal, 0, new CompletableFuture<>());
    assertEquals(1, notes.size());
    journal.close();

    assertEquals(Map.of(), notes);
  }

  @Test
  void aFailureIsNoDeath() {
    AttemptJournal journal = journal("a0", "p0");
    CompletableFuture<String> failed =
        run(journal, 0, CompletableFuture.failedFuture(new IllegalStateException("S3 is away")));

    assertTrue(failed.isCompletedExceptionally());
    assertEquals(Map.of(), notes);
  }

  @Test
  void afterTwoCheckpointsWithWorkInThemNothingIsNotedAnyMore() {
    AttemptJournal journal = journal("a0", "p0");
    journal.checkpointBegins(1); // nothing has ended yet: as when a model is still being loaded
    run(journal, 0, done());
    journal.checkpointCompleted(1);
    journal.checkpointBegins(2);
    journal.checkpointCompleted(2);
    run(journal, 1, done());
    journal.checkpointBegins(3);
    journal.checkpointBegins(4); // 3 is lost
    journal.checkpointCompleted(4);
    run(journal, 2, done());

    assertEquals(
        Set.of(TaskId.of(picture(0)).name(), TaskId.of(picture(1)).name()), Set.copyOf(written));
    CompletableFuture<String> work = new CompletableFuture<>();
    assertFalse(run(journal, 3, work).isDone());
    assertEquals(2, written.size());
  }

  @Test
  void otherRenderTasksOfTheSameStartAreNoSuspects() {
    AttemptJournal here = journal("a0", "p0");
    run(here, 0, new CompletableFuture<>());

    AttemptJournal sameStart = journal("a0", "p1"); // opens a moment later, elsewhere
    List<String> begun = new ArrayList<>();
    sameStart.run(
        picture(1),
        () -> {
          begun.add("together");
          return new CompletableFuture<>();
        },
        e -> done());
    sameStart.run(
        picture(0),
        () -> {
          begun.add("together");
          return new CompletableFuture<>();
        },
        e -> done());
    assertEquals(List.of("together", "together"), begun);
  }

  @Test
  void aProcessThatLivesHasNotDied() {
    AttemptJournal before = journal("a0", "p0");
    run(before, 0, new CompletableFuture<>()); // its close could not be noted

    journal("a1", "p0");
    assertEquals(Map.of(), notes);
  }

  @Test
  void theVerdictHoldsForEveryLaterStart() {
    notes.put(
        TaskId.of(picture(0)).name(),
        Attempt.alone(new Deaths(1, 0), new Runner("a", "p")).encoded());
    for (int start = 0; start < 3; start++) {
      AttemptJournal journal = journal("a" + start, "p" + start);
      assertTrue(
          run(journal, 0, CompletableFuture.failedFuture(new AssertionError("tried again")))
              .join()
              .startsWith("Cannot render"));
      journal.close();
    }
  }

  @Test
  void anotherJobAtTheSamePlaceIsAnotherTask() {
    PlannedImage other = new PlannedImage("render.jobs", 0, 5, new byte[] {9}, 0);

    assertFalse(TaskId.of(other).equals(TaskId.of(picture(0))));
    assertEquals(TaskId.of(picture(0)), TaskId.of(picture(0)));
  }

  @Test
  void whatAnotherVersionHasNotedIsPassedOver() {
    notes.put(TaskId.of(picture(0)).name(), "2 something else");
    AttemptJournal journal = journal("a", "p");
    CompletableFuture<String> work = done();

    assertSame(work.join(), run(journal, 0, work).join());
  }

  @Test
  void aNoteIsReadAsItWasWritten() {
    Attempt attempt = Attempt.alone(new Deaths(3, 1), new Runner("a#1", "p"));

    assertEquals(attempt, Attempt.decoded(attempt.encoded()).orElseThrow());
    assertEquals(new Deaths(4, 2), attempt.afterDeath());
  }
}
