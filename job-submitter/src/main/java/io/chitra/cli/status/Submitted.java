package io.chitra.cli.status;

import io.chitra.cli.topics.AskedJob;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobRuns;
import io.chitra.cli.topics.Place;
import io.chitra.schemas.IndexRange;
import io.chitra.schemas.SubmissionSummary;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A submission and what has come of it.
 *
 * @param dataset {@link #UNREADABLE} where the record is no job
 * @param first the first index that it asks for
 * @param end one after the last
 * @param failedIndexes empty: too many ranges to be known
 * @param cancelledIndexes likewise
 */
record Submitted(
    Place place,
    String dataset,
    String job,
    long submittedAt,
    long first,
    long end,
    long rendered,
    long reused,
    long failed,
    long cancelled,
    List<Ended> recent,
    Optional<Indexes> failedIndexes,
    Optional<Indexes> cancelledIndexes,
    List<Reason> reasons) {

  static final String UNREADABLE = "(unreadable)";

  private static final Optional<Indexes> NONE = Optional.of(new Indexes());

  /**
   * Pictures that ended within ten seconds.
   *
   * @param since in seconds since 1970
   */
  record Ended(long since, long pictures) {}

  /** Failures of one kind. */
  record Reason(String message, long pictures, long example) {}

  /** Of the topic of sums; empty where it does not say what was asked for. */
  static Optional<Submitted> of(SubmissionSummary summary) {
    Integer asked = summary.getAsked();
    Instant at = summary.getSubmittedAt();
    if (asked == null || at == null) {
      return Optional.empty();
    }
    String job = summary.getJobId();
    String dataset = summary.getDataset();
    return Optional.of(
        new Submitted(
            Place.of(summary.getSubmission()),
            dataset == null || job == null ? UNREADABLE : dataset.intern(),
            dataset == null || job == null ? UNREADABLE : job,
            at.toEpochMilli(),
            summary.getFirstIndex(),
            (long) summary.getFirstIndex() + asked,
            summary.getRendered(),
            summary.getReused(),
            summary.getFailed(),
            summary.getCancelled(),
            summary.getRecent().stream()
                .map(piece -> new Ended(piece.getSince(), piece.getEnded()))
                .toList(),
            indexes(summary.getFailedRanges()),
            indexes(summary.getCancelledRanges()),
            summary.getFailures().stream()
                .map(
                    reason ->
                        new Reason(reason.getMessage(), reason.getCount(), reason.getExample()))
                .toList()));
  }

  private static Optional<Indexes> indexes(@Nullable List<IndexRange> ranges) {
    if (ranges == null) {
      return Optional.empty();
    }
    if (ranges.isEmpty()) {
      return NONE;
    }
    Indexes indexes = new Indexes();
    ranges.forEach(
        range ->
            indexes.add(
                range.getFirstIndex(), (long) range.getFirstIndex() + range.getIndexCount()));
    return Optional.of(indexes);
  }

  /** A record of the jobs topics that the sums do not have yet. */
  static Submitted waiting(Place place, long timestamp, Optional<AskedJob> job) {
    return new Submitted(
        place,
        job.map(AskedJob::dataset).orElse(UNREADABLE),
        job.map(AskedJob::job).orElse(UNREADABLE),
        timestamp,
        job.map(AskedJob::first).orElse(0L),
        job.map(AskedJob::end).orElse(1L),
        0,
        0,
        0,
        0,
        List.of(),
        NONE,
        NONE,
        List.of());
  }

  long asked() {
    return end - first;
  }

  long open() {
    return Math.max(0, asked() - rendered - reused - failed - cancelled);
  }

  JobRuns.Run run() {
    return new JobRuns.Run(place, submittedAt, first, end);
  }

  /**
   * What is left of it where a newer submission asks for some of its indexes too.
   *
   * @param own the indexes that nobody newer asks for
   */
  Submitted only(Indexes own) {
    long taken = asked() - own.size();
    if (taken == 0) {
      return this;
    }
    long notFailed =
        failedIndexes.map(indexes -> indexes.and(own).size()).orElse(Math.max(0, failed - taken));
    long notCancelled =
        cancelledIndexes
            .map(indexes -> indexes.and(own).size())
            .orElse(Math.max(0, cancelled - Math.max(0, taken - (failed - notFailed))));
    long stillFailed = Math.min(failed, notFailed);
    long stillCancelled = Math.min(cancelled, notCancelled);
    // The others are asked for again because they were lost, or to be made once more.
    long others = Math.max(0, taken - (failed - stillFailed) - (cancelled - stillCancelled));
    long made = Math.max(0, others - open());
    long stillRendered = Math.max(0, rendered - made);
    long stillReused = Math.max(0, reused - Math.max(0, made - rendered));
    return new Submitted(
        place,
        dataset,
        job,
        submittedAt,
        first,
        first + own.size(),
        stillRendered,
        stillReused,
        stillFailed,
        stillCancelled,
        recent,
        failedIndexes,
        cancelledIndexes,
        reasons);
  }
}
