package io.chitra.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumansTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0.0 s",
    "PT0.84S, 0.8 s",
    "PT59S, 59 s",
    "PT3M5S, 3 min 5 s",
    "PT2H10M30S, 2 h 10 min",
    "PT99H, 4 d 3 h",
    "PT-5S, 0.0 s"
  })
  void durations(String duration, String expected) {
    assertEquals(expected, Humans.duration(Duration.parse(duration)));
  }

  @ParameterizedTest
  @CsvSource({"1, 1 picture", "0, 0 pictures", "1234567, '1,234,567 pictures'"})
  void counts(long n, String expected) {
    assertEquals(expected, Humans.count(n, "picture"));
  }

  @ParameterizedTest
  @CsvSource({"512, 512 bytes", "1536, 1.5 KiB", "37000000, 35.3 MiB"})
  void bytes(long bytes, String expected) {
    assertEquals(expected, Humans.bytes(bytes));
  }

  @Test
  void ratesAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("bn-BD-u-nu-beng"));
      assertEquals("12.5/s", Humans.rate(12.5));
      assertEquals("0.04/s", Humans.rate(0.04));
      assertEquals("1,234", Humans.count(1234));
    } finally {
      Locale.setDefault(before);
    }
  }
}
