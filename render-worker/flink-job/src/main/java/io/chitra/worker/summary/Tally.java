package io.chitra.worker.summary;

import io.chitra.schemas.FailureReason;
import io.chitra.schemas.SubmissionSummary;
import io.chitra.worker.summary.WaitingJobs.Asked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sums of one submission of which something has ended. Used by one thread. */
final class Tally {

  private static final int MOST_REASONS = 8;
  private static final int MOST_MESSAGE = 300;
  private static final String OTHER = "other reasons";

  private final Place place;
  private @Nullable Asked asked;
  private @Nullable String dataset;
  private @Nullable String job;
  private int rendered;
  private int reused;
  private int failed;
  private int cancelled;

  /** All of it has failed, whatever it asked for. */
  private boolean wholeFailed;

  private long lastEndedAt;
  private final Recent recent;
  private final RangeSet failedRanges;
  private final RangeSet cancelledRanges;
  private final Map<String, FailureReason> failures = new LinkedHashMap<>();

  Tally(Place place) {
    this.place = place;
    this.recent = new Recent();
    this.failedRanges = new RangeSet();
    this.cancelledRanges = new RangeSet();
  }

  private Tally(SubmissionSummary kept) {
    this.place = Place.of(kept.getSubmission());
    this.dataset = kept.getDataset();
    this.job = kept.getJobId();
    Integer count = kept.getAsked();
    Instant at = kept.getSubmittedAt();
    if (count != null && at != null) {
      this.asked = new Asked(kept.getFirstIndex(), count, at.toEpochMilli());
    }
    this.rendered = kept.getRendered();
    this.reused = kept.getReused();
    this.failed = Math.max(0, kept.getFailed());
    this.wholeFailed = kept.getFailed() < 0;
    this.cancelled = kept.getCancelled();
    this.lastEndedAt = kept.getLastEndedAt() == null ? 0 : kept.getLastEndedAt().toEpochMilli();
    this.recent = Recent.of(kept.getRecent());
    this.failedRanges = RangeSet.of(kept.getFailedRanges());
    this.cancelledRanges = RangeSet.of(kept.getCancelledRanges());
    for (FailureReason reason : kept.getFailures()) {
      failures.put(reason.getMessage(), reason);
    }
  }

  /** As {@link #state} has kept it. */
  static Tally of(SubmissionSummary kept) {
    return new Tally(kept);
  }

  Place place() {
    return place;
  }

  void named(@Nullable String ofDataset, @Nullable String ofJob) {
    dataset = ofDataset == null ? dataset : ofDataset;
    job = ofJob == null ? job : ofJob;
  }

  void asked(Asked what) {
    asked = what;
    if (wholeFailed) {
      wholeFailed = false;
      failed = what.count();
      failedRanges.add(what.first(), what.count());
    }
  }

  void rendered(long timestamp) {
    rendered++;
    ended(timestamp, 1);
  }

  void reused(long timestamp) {
    reused++;
    ended(timestamp, 1);
  }

  void failed(int first, int count, String message, long timestamp) {
    failed += count;
    failedRanges.add(first, count);
    reason(message, first, count);
    ended(timestamp, count);
  }

  void allFailed(String message, long timestamp) {
    Asked what = asked;
    if (what == null) {
      wholeFailed = true;
      reason(message, 0, 1);
      ended(timestamp, 1);
    } else {
      failed(what.first(), what.count(), message, timestamp);
    }
  }

  void cancelled(int first, int count, long timestamp) {
    cancelled += count;
    cancelledRanges.add(first, count);
    ended(timestamp, count);
  }

  private void reason(String message, int example, int count) {
    String cut = message.length() <= MOST_MESSAGE ? message : message.substring(0, MOST_MESSAGE);
    String key = failures.size() < MOST_REASONS || failures.containsKey(cut) ? cut : OTHER;
    FailureReason reason =
        failures.computeIfAbsent(key, text -> new FailureReason(text, 0, example));
    reason.setCount(reason.getCount() + count);
  }

  private void ended(long timestamp, int count) {
    lastEndedAt = Math.max(lastEndedAt, timestamp);
    recent.add(timestamp, count);
  }

  /** Whether it is known what it asks for. */
  boolean known() {
    return asked != null;
  }

  /** Whether all that it asks for has ended. */
  boolean complete() {
    Asked what = asked;
    return what != null && (long) rendered + reused + failed + cancelled >= what.count();
  }

  /** For the topic; only where it is {@link #known}. */
  SubmissionSummary summary() {
    Asked what = asked;
    List<FailureReason> reasons = new ArrayList<>();
    failures
        .values()
        .forEach(
            reason ->
                reasons.add(
                    new FailureReason(
                        reason.getMessage(), reason.getCount(), reason.getExample())));
    return SubmissionSummary.newBuilder()
        .setSubmission(place.submission())
        .setDataset(dataset)
        .setJobId(job)
        .setSubmittedAt(what == null ? null : Instant.ofEpochMilli(what.timestamp()))
        .setFirstIndex(what == null ? 0 : what.first())
        .setAsked(what == null ? null : Integer.valueOf(what.count()))
        .setRendered(rendered)
        .setReused(reused)
        .setFailed(failed)
        .setCancelled(cancelled)
        .setLastEndedAt(lastEndedAt == 0 ? null : Instant.ofEpochMilli(lastEndedAt))
        .setRecent(recent.list())
        .setFailedRanges(failedRanges.list())
        .setCancelledRanges(cancelledRanges.list())
        .setFailures(reasons)
        .build();
  }

  /** For a checkpoint; fewer than no failures say that all of it has failed. */
  SubmissionSummary state() {
    SubmissionSummary state = summary();
    if (wholeFailed) {
      state.setFailed(-1);
    }
    return state;
  }
}
