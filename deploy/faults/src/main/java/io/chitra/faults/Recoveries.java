package io.chitra.faults;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often what was done to a stack, and how long it then took to be all right again. */
final class Recoveries {

  private final Map<String, Tally> tallies = new LinkedHashMap<>();

  /** Faults of one kind. */
  private record Tally(long count, Duration sum, Duration longest) {

    Tally plus(Duration time) {
      return new Tally(count + 1, sum.plus(time), time.compareTo(longest) > 0 ? time : longest);
    }
  }

  void add(String fault, Duration time) {
    tallies.merge(fault, new Tally(1, time, time), (tally, unused) -> tally.plus(time));
  }

  /** Of all kinds together. */
  long count() {
    return tallies.values().stream().mapToLong(Tally::count).sum();
  }

  /** Of the kinds whose names begin so. */
  long count(String begin) {
    return tallies.entrySet().stream()
        .filter(tally -> tally.getKey().startsWith(begin))
        .mapToLong(tally -> tally.getValue().count)
        .sum();
  }

  /** A table in Markdown. */
  String table() {
    StringBuilder table = new StringBuilder();
    table.append("| fault | times | recovery on average | longest |\n|---|---|---|---|\n");
    tallies.forEach(
        (fault, tally) ->
            table.append(
                "| %s | %d | %.1f s | %.1f s |%n"
                    .formatted(
                        fault,
                        tally.count,
                        tally.sum.toMillis() / 1000.0 / tally.count,
                        tally.longest.toMillis() / 1000.0)));
    return table.toString();
  }
}
