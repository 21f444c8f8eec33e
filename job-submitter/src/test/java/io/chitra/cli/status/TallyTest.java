package io.chitra.cli.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.cli.status.Tally.Counting;
import io.chitra.cli.status.Tally.Selection;
import io.chitra.schemas.FailureReason;
import io.chitra.schemas.IndexRange;
import io.chitra.schemas.RecentEnds;
import io.chitra.schemas.Submission;
import io.chitra.schemas.SubmissionSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TallyTest {

  private static final long NOW = 1_000_000;

  private final List<String> failures = new ArrayList<>();
  private final List<Submitted> submissions = new ArrayList<>();

  private Tally tally(Counting counting, Optional<String> dataset) {
    Tally tally =
        new Tally(
            new Selection(dataset, Optional.empty(), counting),
            (reason, example, n) -> failures.add(n + " " + example + ": " + reason));
    tally.sumUp(submissions, NOW);
    return tally;
  }

  private Tally tally() {
    return tally(Counting.NEWEST, Optional.empty());
  }

  /** The next submission, a second after the one before. */
  private SubmissionSummary.Builder next(String dataset, String job, int first, int asked) {
    int number = submissions.size();
    return SubmissionSummary.newBuilder()
        .setSubmission(new Submission("render.jobs", 0, (long) number))
        .setDataset(dataset)
        .setJobId(job)
        .setSubmittedAt(Instant.ofEpochSecond(NOW - 1000 + number))
        .setFirstIndex(first)
        .setAsked(asked)
        .setFailedRanges(List.of())
        .setCancelledRanges(List.of());
  }

  private void add(SubmissionSummary.Builder summary) {
    submissions.add(Submitted.of(summary.build()).orElseThrow());
  }

  private static List<Long> sums(Tally tally, String dataset, String job) {
    Tally.Counts counts = Objects.requireNonNull(tally.counts().get(new Tally.Key(dataset, job)));
    return List.of(
        counts.submissions(),
        counts.asked(),
        counts.rendered(),
        counts.reused(),
        counts.failed(),
        counts.cancelled(),
        counts.open());
  }

  @Test
  void sumsUpByDatasetOrByJob() {
    add(next("weather", "rain", 0, 5).setRendered(2).setReused(1));
    add(next("weather", "snow", 0, 3).setCancelled(3));
    add(next("animals", "cat", 0, 1).setRendered(1));

    assertEquals(List.of(2L, 8L, 2L, 1L, 0L, 3L, 2L), sums(tally(), "weather", ""));
    assertEquals(List.of(1L, 1L, 1L, 0L, 0L, 0L, 0L), sums(tally(), "animals", ""));
    Tally byJob = tally(Counting.NEWEST, Optional.of("weather"));
    assertEquals(List.of(1L, 5L, 2L, 1L, 0L, 0L, 2L), sums(byJob, "weather", "rain"));
    assertEquals(2, byJob.counts().size());
  }

  @Test
  void theNewestSubmissionOfAJobCounts() {
    add(next("weather", "rain", 0, 5).setRendered(5));
    add(next("weather", "rain", 0, 5).setReused(2));

    assertEquals(List.of(1L, 5L, 0L, 2L, 0L, 0L, 3L), sums(tally(), "weather", ""));
    assertEquals(
        List.of(2L, 10L, 5L, 2L, 0L, 0L, 3L),
        sums(tally(Counting.ALL, Optional.empty()), "weather", ""));
  }

  @Test
  void whatFailedAndWasMadeLaterIsMade() {
    add(
        next("weather", "rain", 0, 10)
            .setRendered(6)
            .setFailed(3)
            .setFailedRanges(List.of(new IndexRange(2, 2), new IndexRange(7, 1)))
            .setFailures(List.of(new FailureReason("no memory", 3, 2)))
            .setCancelled(1)
            .setCancelledRanges(List.of(new IndexRange(9, 1))));
    add(next("weather", "rain", 2, 2).setRendered(2));
    add(next("weather", "rain", 9, 1));

    assertEquals(List.of(3L, 10L, 8L, 0L, 1L, 0L, 1L), sums(tally(), "weather", ""));
    assertEquals(List.of("1 rain[2]: no memory"), failures);
  }

  @Test
  void whatWasLostAndIsAskedForAgainIsOpenOnce() {
    add(next("weather", "rain", 0, 10).setRendered(7));
    add(next("weather", "rain", 4, 3).setRendered(1));

    assertEquals(List.of(2L, 10L, 8L, 0L, 0L, 0L, 2L), sums(tally(), "weather", ""));
  }

  @Test
  void whatCannotBeReadIsOneFailureEach() {
    add(
        next("", "", 0, 1)
            .setDataset(null)
            .setJobId(null)
            .setFailed(1)
            .setFailures(List.of(new FailureReason("it is empty", 1, 0))));
    add(next("", "", 0, 1).setDataset(null).setJobId(null));

    assertEquals(List.of(2L, 2L, 0L, 0L, 1L, 0L, 1L), sums(tally(), "(unreadable)", ""));
    assertEquals(List.of("1 render.jobs-0@0: it is empty"), failures);
  }

  @Test
  void theRateIsOfTheLastMinute() {
    add(
        next("weather", "rain", 0, 1000)
            .setRendered(400)
            .setRecent(
                List.of(
                    new RecentEnds(NOW - 70, 200),
                    new RecentEnds(NOW - 40, 50),
                    new RecentEnds(NOW - 10, 150))));

    Tally.Counts counts =
        Objects.requireNonNull(tally().counts().get(new Tally.Key("weather", "")));
    assertEquals(5.0, counts.perSecond());
    assertEquals(Optional.of(Duration.ofSeconds(120)), counts.timeLeft());
  }

  @Test
  void nothingThatEndsHasNoTimeLeft() {
    add(next("weather", "rain", 0, 1000));

    Tally.Counts counts =
        Objects.requireNonNull(tally().counts().get(new Tally.Key("weather", "")));
    assertEquals(0, counts.perSecond());
    assertEquals(Optional.empty(), counts.timeLeft());
  }
}
