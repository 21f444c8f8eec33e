package io.chitra.worker.plan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.worker.task.PlannedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OpenJobsTest {

  private final OpenJobs jobs = new OpenJobs(3);
  private long offset;

  @Test
  void aJobIsFannedOutInOrder() {
    add(Priority.NORMAL, "d", "cat", 3);

    assertEquals(List.of("cat/0", "cat/1", "cat/2"), next(4));
    assertTrue(jobs.isEmpty());
  }

  @Test
  void jobsOfADatasetFollowEachOther() {
    add(Priority.NORMAL, "d", "first", 2);
    add(Priority.NORMAL, "d", "second", 2);

    assertEquals(List.of("first/0", "first/1", "second/0", "second/1"), next(4));
  }

  @Test
  void datasetsHaveTurns() {
    add(Priority.NORMAL, "large", "million", 1_000_000);
    add(Priority.NORMAL, "large", "another", 1_000_000);
    assertEquals(List.of("million/0", "million/1"), next(2));
    add(Priority.NORMAL, "small", "cat", 2);
    add(Priority.NORMAL, "third", "dog", 1);

    assertEquals(
        List.of("million/2", "cat/0", "dog/0", "million/3", "cat/1", "million/4", "million/5"),
        next(7));
  }

  @Test
  void theUrgentOnesGoFirstAndTheOthersStillHaveATenth() {
    add(Priority.LOW, "d", "low", 1000);
    add(Priority.NORMAL, "d", "normal", 1000);
    assertEquals(List.of("normal/0"), next(1));
    add(Priority.HIGH, "d", "high", 1000);

    assertEquals(Map.of("high", 900, "normal", 90, "low", 10), shares(next(1000)));
  }

  @Test
  void noneWaitsLongerThanItsShareSays() {
    add(Priority.HIGH, "d", "high", 10_000);
    add(Priority.NORMAL, "d", "normal", 10_000);
    add(Priority.LOW, "d", "low", 10_000);

    List<String> turns = next(5000).stream().map(OpenJobsTest::job).toList();

    for (int from = 0; from + 100 <= turns.size(); from++) {
      assertTrue(turns.subList(from, from + 100).contains("low"), "after turn " + from);
      assertTrue(turns.subList(from, from + 20).contains("normal"), "after turn " + from);
    }
  }

  @Test
  void whoIsAloneHasAllTurns() {
    add(Priority.LOW, "d", "low", 25);

    assertEquals(Map.of("low", 25), shares(next(25)));
    assertEquals(List.of(), next(1));
  }

  @Test
  void anUrgentJobIsDoneBeforeAMillionPicturesAre() {
    add(Priority.NORMAL, "large", "million", 1_000_000);
    next(1000);
    add(Priority.HIGH, "campaign", "urgent", 50);

    assertEquals(50, shares(next(56)).get("urgent"));
  }

  @Test
  void aPriorityIsFullWithAWindowOfJobsHoweverLargeTheyAre() {
    add(Priority.LOW, "a", "1", 1_000_000);
    add(Priority.LOW, "b", "2", 1);
    assertEquals(Set.of(), jobs.full());
    add(Priority.LOW, "a", "3", 1);
    assertEquals(Set.of(Priority.LOW), jobs.full());
    add(Priority.LOW, "a", "4", 1); // one that was read already, or restored

    assertEquals(Set.of(Priority.LOW), jobs.full());
    next(2); // 1/0 and 2/0
    assertEquals(Set.of(Priority.LOW), jobs.full());
    jobs.cancel(job -> job.jobId().equals("1"));
    assertEquals(Set.of(), jobs.full());
  }

  @Test
  void whatIsCancelledHasNoMorePicturesAndOneRange() {
    add(Priority.NORMAL, "d", "cat", 10);
    add(Priority.NORMAL, "d", "dog", 2);
    add(Priority.HIGH, "e", "cow", 5);
    jobs.cancel(job -> false);
    next(8); // 5 cows, 3 cats

    jobs.cancel(job -> job.jobId().equals("cat"));

    OpenJob cancelled = jobs.nextCancelled().orElseThrow();
    assertEquals("cat", cancelled.jobId());
    assertEquals(3, cancelled.cursor().nextIndex());
    assertEquals(7, cancelled.cursor().left());
    assertEquals(Optional.empty(), jobs.nextCancelled());
    assertEquals(List.of("dog/0", "dog/1"), next(3));
    assertTrue(jobs.isEmpty());
  }

  @Test
  void untilItsRangeIsToldACancelledJobIsStillThere() {
    add(Priority.NORMAL, "d", "cat", 10);
    next(4);
    jobs.cancel(job -> true);

    assertFalse(jobs.isEmpty());
    assertEquals(List.of(), next(1));
    assertEquals(List.of(4), jobs.cursors().stream().map(PlanCursor::nextIndex).toList());
    assertTrue(jobs.nextCancelled().isPresent());
    assertEquals(List.of(), jobs.cursors());
    assertTrue(jobs.isEmpty());
  }

  @Test
  void cursorsSayAllThatIsLeft() {
    for (Priority priority : Priority.values()) {
      for (int i = 0; i < 5; i++) {
        add(priority, "dataset-" + i % 2, priority + "-" + i, 1 + 4 * i);
      }
    }
    Set<String> all = new HashSet<>(next(40));
    assertEquals(40, all.size());

    OpenJobs restored = new OpenJobs(3);
    for (PlanCursor cursor : jobs.cursors()) {
      restored.add(Priority.LOW, new OpenJob(cursor, "d", "j"));
    }
    int left = 0;
    for (var image = restored.next(); image.isPresent(); image = restored.next()) {
      assertTrue(all.add(name(image.get())), name(image.get()));
      left++;
    }

    assertEquals(3 * (1 + 5 + 9 + 13 + 17) - 40, left);
  }

  private void add(Priority priority, String dataset, String job, int pictures) {
    PlanCursor cursor =
        new PlanCursor("render.jobs", 0, offset++, job.getBytes(UTF_8), 0, pictures);
    jobs.add(priority, new OpenJob(cursor, dataset, job));
  }

  /** The next pictures as job/index, so many or fewer. */
  private List<String> next(int pictures) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < pictures; i++) {
      jobs.next().ifPresent(image -> names.add(name(image)));
    }
    return names;
  }

  private static String name(PlannedImage image) {
    return new String(image.job(), UTF_8) + "/" + image.imageIndex();
  }

  private static String job(String name) {
    return name.substring(0, name.indexOf('/'));
  }

  private static Map<String, Integer> shares(List<String> names) {
    Map<String, Integer> shares = new TreeMap<>();
    names.forEach(name -> shares.merge(job(name), 1, Integer::sum));
    return Collections.unmodifiableMap(shares);
  }
}
