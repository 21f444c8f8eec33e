package io.chitra.cli.check;

import io.chitra.cli.check.Event.Kind;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobRuns;
import io.chitra.cli.topics.Place;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides over one job: whether the terminal events of each of its submissions cover the indexes
 * that it asks for exactly once. What a newer submission of the job asks for too need not have
 * ended in an older one: it was asked for again. Used by one thread.
 */
final class Coverage {

  private final Map<Place, Run> runs = new TreeMap<>();
  private final JobRuns askings = new JobRuns();

  /** The sums of a job. */
  record Sums(long submissions, long asked, long made, long failed, long cancelled, long replaced) {

    static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0);

    Sums plus(Sums other) {
      return new Sums(
          submissions + other.submissions,
          asked + other.asked,
          made + other.made,
          failed + other.failed,
          cancelled + other.cancelled,
          replaced + other.replaced);
    }
  }

  /** One submission. */
  private static final class Run {
    private @Nullable Indexes asked;
    private final List<Event> ends = new ArrayList<>();
    private final Map<Kind, Indexes> objects = new EnumMap<>(Kind.class);
  }

  void add(Event event) {
    Run run = runs.computeIfAbsent(event.submission(), place -> new Run());
    if (event.kind() == Kind.ASKED) {
      run.asked = Indexes.of(event.first(), event.end());
      askings.add(
          new JobRuns.Run(event.submission(), event.timestamp(), event.first(), event.end()));
    } else if (event.kind().terminal()) {
      run.ends.add(event);
    } else {
      run.objects
          .computeIfAbsent(event.kind(), kind -> new Indexes())
          .add(event.first(), event.end());
    }
  }

  /**
   * Judges what was added.
   *
   * @param findings is told what is wrong
   * @param open is told the submissions that have not ended, also where that is no finding
   */
  Sums judge(Consumer<Finding> findings, Consumer<Place> open) {
    Map<Place, Indexes> counting = askings.counting();
    Sums sums = Sums.NONE;
    for (Map.Entry<Place, Run> entry : runs.entrySet()) {
      Place place = entry.getKey();
      Run run = entry.getValue();
      Indexes asked = run.asked == null ? new Indexes() : run.asked;
      Indexes own = counting.getOrDefault(place, new Indexes());
      Covered covered = new Covered(asked);
      run.ends.forEach(covered::add);

      Indexes notEnded = asked.without(covered.once);
      if (!notEnded.isEmpty()) {
        open.accept(place);
      }
      tell(findings, Finding.Kind.NOT_ENDED, place, notEnded.and(own));
      tell(findings, Finding.Kind.ENDED_TWICE, place, covered.twice);
      tell(findings, Finding.Kind.NOT_ASKED, place, covered.once.without(asked));
      run.objects.forEach(
          (kind, indexes) ->
              tell(findings, Finding.Kind.valueOf(kind.name()), place, indexes.and(own)));
      sums =
          sums.plus(
              new Sums(
                  run.asked == null ? 0 : 1,
                  asked.size(),
                  covered.of(Kind.MADE),
                  covered.of(Kind.FAILED),
                  covered.of(Kind.CANCELLED),
                  notEnded.without(own).size()));
    }
    return sums;
  }

  private static void tell(
      Consumer<Finding> findings, Finding.Kind kind, Place place, Indexes indexes) {
    if (!indexes.isEmpty()) {
      findings.accept(new Finding(kind, place, indexes));
    }
  }

  /** Which indexes of a submission have ended, and which more than once. */
  private static final class Covered {
    private final Indexes asked;
    private final Indexes once = new Indexes();
    private final Indexes twice = new Indexes();
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);

    Covered(Indexes asked) {
      this.asked = asked;
    }

    void add(Event end) {
      if (end.whole()) {
        asked.ranges().forEach(range -> add(end.kind(), range.first(), range.end()));
      } else {
        add(end.kind(), end.first(), end.end());
      }
    }

    private void add(Kind kind, long first, long end) {
      counts.merge(kind, end - first, Long::sum);
      if (end - first == 1) {
        if (once.add(first, end) == 0) {
          twice.add(first, end);
        }
        return;
      }
      Indexes again = Indexes.of(first, end).and(once);
      twice.addAll(again);
      once.add(first, end);
    }

    long of(Kind kind) {
      return counts.getOrDefault(kind, 0L);
    }
  }
}
