package io.chitra.cli.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each value of a field occurs. Only the first values to be seen are told apart, so that
 * a field that is different in every row stays small. Used by one thread.
 */
final class Values {

  /** How many values are told apart. */
  static final int MOST = 1000;

  private final Map<String, Long> counts = new HashMap<>();
  private long others;

  /** A value, and how often it occurs. */
  record Count(String value, long count) {}

  void add(String value) {
    if (counts.size() < MOST || counts.containsKey(value)) {
      counts.merge(value, 1L, Long::sum);
    } else {
      others++;
    }
  }

  /** How many values there are, as far as they are told apart. */
  int distinct() {
    return counts.size();
  }

  /** How often values occur that are not told apart. */
  long others() {
    return others;
  }

  /** How often a value occurs; 0 where it is not told apart. */
  long count(String value) {
    return counts.getOrDefault(value, 0L);
  }

  /** The values that are told apart, the most frequent first. */
  List<Count> mostFrequent() {
    return counts.entrySet().stream()
        .map(entry -> new Count(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingLong(Count::count).reversed().thenComparing(Count::value))
        .toList();
  }
}
