package io.chitra.cli.show;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);
  private Instant now = Instant.EPOCH;
  private final InstantSource clock = () -> now;

  private List<String> lines() {
    return bytes.toString(UTF_8).lines().toList();
  }

  @Test
  void withoutATerminalALineComesEveryFewSeconds() {
    try (Progress progress =
        Progress.start(new Screen(false, 80, false), out, clock, "pictures", 100)) {
      progress.update(1, "");
      now = now.plusSeconds(5);
      progress.update(10, "");
      now = now.plusSeconds(1);
      progress.update(11, "");
      now = now.plusSeconds(4);
      progress.update(20, "2 failed");
    }

    assertEquals(
        List.of(
            "10 of 100 pictures, 2.0/s, about 45 s left",
            "20 of 100 pictures, 2.0/s, about 40 s left, 2 failed"),
        lines());
  }

  @Test
  void theEndIsAlwaysTold() {
    Progress progress = Progress.start(new Screen(false, 80, false), out, clock, "pictures", 4);
    now = now.plusSeconds(2);
    progress.update(4, "");
    progress.update(4, "");

    assertEquals(List.of("4 of 4 pictures, 2.0/s"), lines());
  }

  @Test
  void nothingNewIsRarelyTold() {
    Progress progress = Progress.start(new Screen(false, 80, false), out, clock, "pictures", 4);
    for (int i = 0; i < 60; i++) {
      now = now.plusSeconds(1);
      progress.update(0, "");
    }

    assertEquals(List.of("0 of 4 pictures"), lines());
  }

  @Test
  void onATerminalABarIsDrawnOver() {
    try (Progress progress =
        Progress.start(new Screen(true, 100, false), out, clock, "pictures", 8)) {
      progress.update(8, "1 failed");
    }

    String drawn = bytes.toString(UTF_8);
    assertTrue(drawn.contains("100%"), drawn);
    assertTrue(drawn.contains("8/8 pictures"), drawn);
    assertTrue(drawn.contains("1 failed"), drawn);
    assertTrue(drawn.contains("\r"), drawn);
    assertFalse(drawn.contains("\u001b[3"), drawn);
  }
}
