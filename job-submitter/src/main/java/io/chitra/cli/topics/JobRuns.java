package io.chitra.cli.topics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The submissions of one job, and which of them counts for each of its pictures: the newest that
 * asks for it. Newest is by the broker's clock, then by partition and offset. Used by one thread.
 */
public final class JobRuns {

  private static final Comparator<Run> OLDEST_FIRST =
      Comparator.comparingLong(Run::timestamp)
          .thenComparingInt(run -> run.place().partition())
          .thenComparingLong(run -> run.place().offset())
          .thenComparing(run -> run.place().topic());

  private final List<Run> runs = new ArrayList<>();

  /**
   * One submission.
   *
   * @param timestamp of its record, by the broker's clock
   * @param first the first index that it asks for
   * @param end one after the last
   */
  public record Run(Place place, long timestamp, long first, long end) {}

  /** Adds a submission, in any order. */
  public void add(Run run) {
    runs.add(run);
  }

  /** The newest submission, if there is one. */
  public Optional<Run> newest() {
    return runs.stream().max(OLDEST_FIRST);
  }

  /** Of each submission, newest first, the indexes that no newer one asks for. */
  public Map<Place, Indexes> counting() {
    runs.sort(OLDEST_FIRST.reversed());
    Indexes asked = new Indexes();
    Map<Place, Indexes> counting = new LinkedHashMap<>();
    for (Run run : runs) {
      Indexes own = Indexes.of(run.first(), run.end());
      counting.put(run.place(), asked.isEmpty() ? own : own.without(asked));
      asked.add(run.first(), run.end());
    }
    return counting;
  }
}
