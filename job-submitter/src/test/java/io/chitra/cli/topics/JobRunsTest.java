package io.chitra.cli.topics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JobRunsTest {

  private final JobRuns runs = new JobRuns();

  private static Place place(int partition, long offset) {
    return new Place("render.jobs", partition, offset);
  }

  private Map<String, String> counting() {
    Map<String, String> texts = new TreeMap<>();
    runs.counting().forEach((place, own) -> texts.put(place.toString(), own.toString()));
    return texts;
  }

  @Test
  void theNewestThatAsksForAPictureCounts() {
    runs.add(new JobRuns.Run(place(0, 9), 100, 0, 10));
    runs.add(new JobRuns.Run(place(1, 2), 300, 3, 4));
    runs.add(new JobRuns.Run(place(2, 5), 200, 2, 6));

    assertEquals(
        Map.of("render.jobs-0@9", "0-1,6-9", "render.jobs-1@2", "3", "render.jobs-2@5", "2,4-5"),
        counting());
    assertEquals(place(1, 2), runs.newest().orElseThrow().place());
  }

  @Test
  void withinAMillisecondPartitionAndOffsetDecide() {
    runs.add(new JobRuns.Run(place(1, 2), 100, 0, 2));
    runs.add(new JobRuns.Run(place(1, 3), 100, 0, 1));
    runs.add(new JobRuns.Run(place(0, 9), 100, 0, 9));

    assertEquals(
        Map.of("render.jobs-1@3", "0", "render.jobs-1@2", "1", "render.jobs-0@9", "2-8"),
        counting());
  }

  @Test
  void placesAreReadAsTheyAreWritten() {
    Place place = new Place("jobs-of-mine-2", 3, 12345678901L);
    assertEquals(place, Place.parse(place.toString()).orElseThrow());
    assertEquals(true, Place.parse("render.jobs").isEmpty());
    assertEquals(true, Place.parse("render.jobs-1@x").isEmpty());
  }
}
