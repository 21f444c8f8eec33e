package io.chitra.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MomentTest {

  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");

  @ParameterizedTest
  @CsvSource({
    "2026-03-01T12:00:00Z, 2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00.5+02:00, 2026-03-01T10:00:00.5Z",
    "2026-03-01T12:00, 2026-03-01T06:30:00Z",
    "2026-03-01, 2026-02-28T18:30:00Z",
    "90m, 2026-03-10T10:30:00Z",
    "2d, 2026-03-08T12:00:00Z",
    "10s, 2026-03-10T11:59:50Z",
    "3h, 2026-03-10T09:00:00Z",
  })
  void isReadAsPeopleWriteIt(String text, Instant expected) throws Exception {
    assertEquals(expected, Moment.parse(text, "--since", () -> NOW, KOLKATA));
  }

  @Test
  void anythingElseIsRefused() {
    CliException refused =
        assertThrows(
            CliException.class, () -> Moment.parse("yesterday", "--since", () -> NOW, KOLKATA));
    assertTrue(String.valueOf(refused.getMessage()).startsWith("Cannot read --since yesterday"));
  }
}
