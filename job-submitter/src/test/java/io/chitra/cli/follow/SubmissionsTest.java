package io.chitra.cli.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SubmissionsTest {

  private static final String JOBS = "render.jobs";

  private final Submissions submissions = new Submissions();

  @Test
  void picturesHaveThePositionsOfTheFile() {
    submissions.add(JOBS, 1, 40, 0, 0, 3);
    submissions.add(JOBS, 0, 7, 3, 0, 1);
    submissions.add(JOBS, 1, 41, 4, 10, 2);

    assertEquals(OptionalInt.of(2), submissions.end(JOBS, 1, 40, 2));
    assertEquals(OptionalInt.of(3), submissions.end(JOBS, 0, 7, 0));
    assertEquals(OptionalInt.of(5), submissions.end(JOBS, 1, 41, 11));
    assertEquals(3, submissions.ended());
    assertEquals(6, submissions.pictures());
    assertFalse(submissions.complete());
  }

  @Test
  void whatIsNotAskedForIsNoEnd() {
    submissions.add(JOBS, 1, 40, 0, 5, 3);

    assertEquals(OptionalInt.empty(), submissions.end(JOBS, 1, 39, 5));
    assertEquals(OptionalInt.empty(), submissions.end(JOBS, 0, 40, 5));
    assertEquals(OptionalInt.empty(), submissions.end(JOBS, 1, 40, 4));
    assertEquals(OptionalInt.empty(), submissions.end(JOBS, 1, 40, 8));
    assertEquals(0, submissions.end(JOBS, 1, 40, 0, 5));
    assertEquals(0, submissions.endAll(JOBS, 2, 40));
    assertEquals(0, submissions.ended());
  }

  @Test
  void topicsAreTakenApart() {
    submissions.add(JOBS, 0, 7, 0, 0, 2);
    submissions.add("render.jobs.high", 0, 7, 2, 0, 3);

    assertEquals(2, submissions.endAll(JOBS, 0, 7));
    assertEquals(OptionalInt.of(3), submissions.end("render.jobs.high", 0, 7, 1));
    assertEquals(OptionalInt.empty(), submissions.end("render.jobs.low", 0, 7, 1));
    assertFalse(submissions.complete());
  }

  @Test
  void anEndCountsOnce() {
    submissions.add(JOBS, 0, 1, 0, 0, 4);

    submissions.end(JOBS, 0, 1, 1);

    assertEquals(OptionalInt.empty(), submissions.end(JOBS, 0, 1, 1));
    assertEquals(1, submissions.end(JOBS, 0, 1, 0, 2));
    assertEquals(2, submissions.endAll(JOBS, 0, 1));
    assertEquals(0, submissions.endAll(JOBS, 0, 1));
    assertTrue(submissions.complete());
  }

  @Test
  void rangesAreCutToWhatWasAskedFor() {
    submissions.add(JOBS, 0, 1, 100, 10, 5);

    assertEquals(2, submissions.end(JOBS, 0, 1, 13, Integer.MAX_VALUE));
    assertEquals(1, submissions.end(JOBS, 0, 1, 0, 11));
    assertEquals(2, submissions.end(JOBS, 0, 1, 0, Integer.MAX_VALUE));
    assertTrue(submissions.complete());
  }

  @Test
  void noSubmissionsAreComplete() {
    assertTrue(submissions.complete());
  }

  @Test
  void offsetsOnlyGrow() {
    submissions.add(JOBS, 0, 5, 0, 0, 1);

    assertThrows(IllegalArgumentException.class, () -> submissions.add(JOBS, 0, 5, 1, 0, 1));
  }

  @Test
  void aMillionSubmissionsAreFollowed() {
    int jobs = 1_000_000;
    for (int i = 0; i < jobs; i++) {
      submissions.add(JOBS, i % 4, 10L + i, i * 2, 0, 2);
    }
    for (int i = jobs - 1; i >= 0; i--) {
      assertEquals(OptionalInt.of(i * 2 + 1), submissions.end(JOBS, i % 4, 10L + i, 1));
      assertEquals(1, submissions.endAll(JOBS, i % 4, 10L + i));
    }
    assertTrue(submissions.complete());
    assertEquals(jobs, submissions.jobs());
  }
}
