package io.chitra.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private static final Instant START = Instant.parse("2026-03-01T10:00:03Z");

  @Test
  void spansAreAsShortAsTheirNumberAllows() {
    Timeline timeline = new Timeline();
    for (int second = 0; second < 60; second++) {
      timeline.add(START.plusSeconds(second));
      timeline.add(START.plusSeconds(second));
    }
    Timeline.Course seconds = timeline.course(100);
    assertEquals(Duration.ofSeconds(1), seconds.width());
    assertEquals(60, seconds.spans().size());
    assertEquals(START, seconds.start());
    assertEquals(2, seconds.most());

    Timeline.Course coarse = timeline.course(20);
    assertEquals(Duration.ofSeconds(5), coarse.width());
    assertEquals(Instant.parse("2026-03-01T10:00:00Z"), coarse.start());
    assertEquals(120, coarse.spans().stream().mapToLong(Timeline.Span::count).sum());
  }

  @Test
  void gapsAreSpansWithNothing() {
    Timeline timeline = new Timeline();
    timeline.add(START);
    timeline.add(START.plusSeconds(3));
    assertEquals(
        "[1, 0, 0, 1]",
        timeline.course(10).spans().stream().map(Timeline.Span::count).toList().toString());
  }

  @Test
  void yearsOfPicturesStaySmallAndNoneIsLost() {
    Timeline timeline = new Timeline();
    for (int i = 0; i < 200_000; i++) {
      timeline.add(START.plus(Duration.ofMinutes(17L * i)));
    }
    Timeline.Course course = timeline.course(120);
    assertTrue(course.spans().size() <= 120, course.spans().size() + " spans");
    assertEquals(200_000, course.spans().stream().mapToLong(Timeline.Span::count).sum());
  }
}
