package io.chitra.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A moment as a person writes it. */
final class Moment {

  private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");

  private Moment() {}

  /**
   * Reads {@code 2026-03-01T12:00:00Z} (or with an offset), {@code 2026-03-01T12:00} and {@code
   * 2026-03-01} in a time zone, or {@code 90m}: so long ago, in s, m, h or d.
   *
   * @param option that it was given for
   */
  static Instant parse(String text, String option, InstantSource clock, ZoneId zone)
      throws CliException {
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      long amount = Long.parseLong(ago.group(1));
      return clock
          .instant()
          .minus(
              switch (ago.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
              });
    }
    try {
      if (!text.contains("T")) {
        return LocalDate.parse(text).atStartOfDay(zone).toInstant();
      }
      return text.matches(".*(Z|[+-]\\d\\d:\\d\\d)")
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      throw CliException.usage(
          "Cannot read %s %s: 2026-03-01T12:00:00Z, 2026-03-01T12:00, 2026-03-01 or 90m (ago; s, m, h, d) would be right"
              .formatted(option, text));
    }
  }
}
