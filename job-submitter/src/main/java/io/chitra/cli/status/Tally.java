package io.chitra.cli.status;

import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobRuns;
import io.chitra.cli.topics.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sums up what was asked for and what has come of it: by dataset, or by job where the selection
 * names a dataset or a job. Counts pictures. Of several submissions of a job the newest that asks
 * for a picture counts, unless all are to count. Used by one thread.
 */
public final class Tally {

  /** Of this many seconds rates are told. */
  private static final long RECENT_SECONDS = 60;

  private static final long LEAST_SECONDS = 10;

  private final Selection selection;
  private final FailureLog failures;
  private final SortedMap<Key, Counts> counts = new TreeMap<>();

  /** Which submissions count. */
  public enum Counting {
    NEWEST,
    ALL
  }

  /** What to look at; empty is everything. */
  public record Selection(Optional<String> dataset, Optional<String> job, Counting counting) {
    boolean includes(Submitted submitted) {
      return dataset.map(submitted.dataset()::equals).orElse(true)
          && job.map(submitted.job()::equals).orElse(true);
    }

    /** Whether sums are made for each job, or for each dataset. */
    public boolean byJob() {
      return dataset.isPresent() || job.isPresent();
    }
  }

  /** What a sum is for; the job is empty where sums are made for datasets. */
  public record Key(String dataset, String job) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byDataset = dataset.compareTo(other.dataset);
      return byDataset != 0 ? byDataset : job.compareTo(other.job);
    }
  }

  /** Is told of failures in the selection. */
  @FunctionalInterface
  public interface FailureLog {
    void add(String reason, String example, long pictures);
  }

  /** The sums of one key, in pictures but for the submissions. */
  public static final class Counts {
    private long submissions;
    private long asked;
    private long rendered;
    private long reused;
    private long failed;
    private long cancelled;
    private long open;
    private long recent;
    private long recentSince = Long.MAX_VALUE;
    private long now;

    /** How many submissions count. */
    public long submissions() {
      return submissions;
    }

    public long asked() {
      return asked;
    }

    public long rendered() {
      return rendered;
    }

    public long reused() {
      return reused;
    }

    public long failed() {
      return failed;
    }

    public long cancelled() {
      return cancelled;
    }

    /** Pictures that were asked for and have not ended. */
    public long open() {
      return open;
    }

    /** How many pictures ended a second, of late. */
    public double perSecond() {
      return recent == 0 ? 0 : (double) recent / Math.max(LEAST_SECONDS, now - recentSince);
    }

    /** How long the open ones take at this rate; empty where nothing is open, or nothing ends. */
    public Optional<Duration> timeLeft() {
      return open == 0 || recent == 0
          ? Optional.empty()
          : Optional.of(Duration.ofSeconds(Math.round(open / perSecond())));
    }

    private void add(Submitted submitted, long at) {
      submissions++;
      asked += submitted.asked();
      rendered += submitted.rendered();
      reused += submitted.reused();
      failed += submitted.failed();
      cancelled += submitted.cancelled();
      open += submitted.open();
      now = at;
      for (Submitted.Ended ended : submitted.recent()) {
        if (ended.since() > at - RECENT_SECONDS) {
          recent += ended.pictures();
          recentSince = Math.min(recentSince, ended.since());
        }
      }
    }
  }

  public Tally(Selection selection, FailureLog failures) {
    this.selection = selection;
    this.failures = failures;
  }

  /** The sums, by dataset and job. */
  public SortedMap<Key, Counts> counts() {
    return counts;
  }

  /**
   * Sums up.
   *
   * @param now in seconds since 1970
   */
  void sumUp(Collection<Submitted> submissions, long now) {
    if (selection.counting() == Counting.ALL) {
      submissions.forEach(submitted -> add(submitted, now));
      return;
    }
    Map<Key, List<Submitted>> byJob = new HashMap<>();
    for (Submitted submitted : submissions) {
      if (submitted.job().equals(Submitted.UNREADABLE)) {
        add(submitted, now);
      } else if (selection.includes(submitted)) {
        byJob
            .computeIfAbsent(
                new Key(submitted.dataset(), submitted.job()), key -> new ArrayList<>(1))
            .add(submitted);
      }
    }
    byJob.values().forEach(job -> addNewest(job, now));
  }

  private void addNewest(List<Submitted> job, long now) {
    if (job.size() == 1) {
      add(job.get(0), now);
      return;
    }
    JobRuns runs = new JobRuns();
    job.forEach(submitted -> runs.add(submitted.run()));
    Map<Place, Indexes> counting = runs.counting();
    for (Submitted submitted : job) {
      Indexes own = counting.getOrDefault(submitted.place(), new Indexes());
      if (!own.isEmpty()) {
        add(submitted.only(own), now);
      }
    }
  }

  private void add(Submitted submitted, long now) {
    if (!selection.includes(submitted)) {
      return;
    }
    counts
        .computeIfAbsent(
            new Key(submitted.dataset(), selection.byJob() ? submitted.job() : ""),
            key -> new Counts())
        .add(submitted, now);
    long left = submitted.failed();
    for (Submitted.Reason reason : submitted.reasons()) {
      long pictures = Math.min(left, reason.pictures());
      if (pictures > 0) {
        failures.add(reason.message(), example(submitted, reason), pictures);
        left -= pictures;
      }
    }
  }

  private static String example(Submitted submitted, Submitted.Reason reason) {
    if (submitted.job().equals(Submitted.UNREADABLE)) {
      return submitted.place().toString();
    }
    return submitted.failed() == submitted.asked()
        ? submitted.job()
        : submitted.job() + "[" + reason.example() + "]";
  }
}
