package io.chitra.cli.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.cli.check.Event.Kind;
import io.chitra.cli.topics.Place;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketsTest {

  @TempDir private Path folder;

  @Test
  void entriesComeBackInTheirBucketsAndLeaveNothing() throws Exception {
    List<Event> written = new ArrayList<>();
    List<Event> read = new ArrayList<>();
    try (Buckets buckets = new Buckets(folder, "events")) {
      for (int i = 0; i < 1000; i++) {
        Event event =
            new Event(
                JobKey.of("weather", "rain-" + i % 7),
                new Place("render.jobs", i % 4, i * 1_000_000_000L),
                Kind.values()[i % Kind.values().length],
                i,
                i + 3_000_000_000L,
                i * 7L);
        written.add(event);
        event.write(buckets.at(event.job().bucket(Buckets.COUNT)));
      }
      buckets.written();
      for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
        int number = bucket;
        buckets.read(
            bucket,
            Event::read,
            event -> {
              assertEquals(number, event.job().bucket(Buckets.COUNT));
              read.add(event);
            });
      }
    }
    assertEquals(written.size(), read.size());
    read.sort((a, b) -> Long.compare(a.timestamp(), b.timestamp()));
    assertEquals(written, read);
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }
}
