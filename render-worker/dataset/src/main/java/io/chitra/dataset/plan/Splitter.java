package io.chitra.dataset.plan;

import io.chitra.dataset.plan.SplitSettings.Unit;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Gives each row of a dataset its split. The units (pictures or whole jobs) are ordered by their
 * stratum and, within it, by a hash of seed and name; in that order each goes to the split that is
 * furthest behind its share of what has been given out so far. So the splits have their shares of
 * the whole dataset and of each stratum, to within a few units, and the same rows with the same
 * seed are split alike on every machine.
 */
final class Splitter {

  private final SplitSettings settings;
  private final RowNotes notes;

  Splitter(SplitSettings settings, RowNotes notes) {
    this.settings = settings;
    this.notes = notes;
  }

  /** Of each row, the position of its split in the settings; 0 for all where there is none. */
  int[] splits() {
    int[] splits = new int[notes.rows()];
    if (settings.splits().isEmpty()) {
      return splits;
    }
    int[] starts = settings.unit() == Unit.JOB ? notes.jobStarts() : every();
    double[] shares = shares(settings.splits());
    long[] given = new long[shares.length];
    long total = 0;
    for (int unit : order(starts)) {
      int first = starts[unit];
      int end = unit + 1 < starts.length ? starts[unit + 1] : notes.rows();
      total += end - first;
      int split = furthestBehind(shares, given, total);
      given[split] += end - first;
      Arrays.fill(splits, first, end, split);
    }
    return splits;
  }

  private int[] every() {
    int[] starts = new int[notes.rows()];
    Arrays.setAll(starts, row -> row);
    return starts;
  }

  private Integer[] order(int[] starts) {
    Integer[] order = new Integer[starts.length];
    Arrays.setAll(order, unit -> unit);
    Arrays.sort(
        order,
        Comparator.<Integer>comparingInt(unit -> notes.stratum(starts[unit]))
            .thenComparingLong(unit -> notes.splitHash(starts[unit]))
            .thenComparingInt(unit -> unit));
    return order;
  }

  private static double[] shares(List<Split> splits) {
    return splits.stream().mapToDouble(Split::share).toArray();
  }

  private static int furthestBehind(double[] shares, long[] given, long total) {
    int behind = 0;
    for (int split = 1; split < shares.length; split++) {
      if (shares[split] * total - given[split] > shares[behind] * total - given[behind]) {
        behind = split;
      }
    }
    return behind;
  }
}
