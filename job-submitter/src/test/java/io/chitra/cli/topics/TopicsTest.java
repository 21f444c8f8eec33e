package io.chitra.cli.topics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopicsTest {

  @Test
  void topicsAreFoundUnderTheNamesThatTheWorkerWasTold() {
    Topics topics = new Topics(Map.of(Topic.RESULTS, "ml.pictures"));

    assertEquals("ml.pictures", topics.name(Topic.RESULTS));
    assertEquals(Optional.of(Topic.RESULTS), topics.named("ml.pictures"));
    assertEquals(Optional.empty(), topics.named("render.results"));
    assertEquals("render.dead-letters", topics.name(Topic.DEAD_LETTERS));
  }

  @Test
  void namesMayChangePlaces() {
    Topics topics =
        new Topics(Map.of(Topic.JOBS, "render.jobs.low", Topic.JOBS_LOW, "render.jobs"));

    assertEquals(
        List.of("render.jobs.high", "render.jobs.low", "render.jobs"), topics.names(Topic.OF_JOBS));
  }

  @Test
  void twoTopicsInOneAreRefused() {
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> new Topics(Map.of(Topic.RESULTS, "render.jobs")));

    assertEquals("jobs and results cannot both be in topic render.jobs", refused.getMessage());
  }
}
