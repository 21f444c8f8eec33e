package io.chitra.worker.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.Cancel;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.Submission;
import io.chitra.worker.Jobs;
import io.chitra.worker.task.OutgoingRecord.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CancelsTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final Cancels cancels = new Cancels();

  @Test
  void nothingIsCancelledByItself() {
    assertFalse(cancels.mayCover("render.jobs", 0, 0));
    assertFalse(cancels.covers("render.jobs", 0, 0, "d", "cat"));
  }

  @Test
  void aJobIsCancelledUpToAnOffsetAndALaterSubmissionOfItLives() {
    cancels.add(cancel("d", "cat", new Submission("render.jobs", 1, 40L)));

    assertTrue(cancels.covers("render.jobs", 1, 39, "d", "cat"));
    assertFalse(cancels.covers("render.jobs", 1, 40, "d", "cat"));
    assertFalse(cancels.mayCover("render.jobs", 1, 40));
  }

  @Test
  void otherJobsDatasetsPartitionsAndTopicsLive() {
    cancels.add(cancel("d", "cat", new Submission("render.jobs", 1, 40L)));

    assertFalse(cancels.covers("render.jobs", 1, 3, "d", "dog"));
    assertFalse(cancels.covers("render.jobs", 1, 3, "e", "cat"));
    assertFalse(cancels.covers("render.jobs", 0, 3, "d", "cat"));
    assertFalse(cancels.covers("render.jobs.high", 1, 3, "d", "cat"));
    assertTrue(cancels.mayCover("render.jobs", 1, 3), "without its job it cannot be told");
  }

  @Test
  void aDatasetIsCancelledWithAllItsJobs() {
    cancels.add(
        cancel("d", null, new Submission("render.jobs", 1, 40L), new Submission("other", 0, 7L)));

    assertTrue(cancels.covers("render.jobs", 1, 3, "d", "dog"));
    assertTrue(cancels.covers("other", 0, 6, "d", "cat"));
    assertFalse(cancels.covers("other", 0, 7, "d", "cat"));
    assertFalse(cancels.covers("render.jobs", 1, 3, "e", "dog"));
  }

  @Test
  void theFarthestOfSeveralHolds() {
    cancels.add(cancel("d", "cat", new Submission("render.jobs", 1, 40L)));
    cancels.add(cancel("d", "cat", new Submission("render.jobs", 1, 9L)));
    cancels.add(cancel("d", null, new Submission("render.jobs", 1, 20L)));

    assertTrue(cancels.covers("render.jobs", 1, 39, "d", "cat"));
    assertTrue(cancels.covers("render.jobs", 1, 19, "d", "dog"));
    assertFalse(cancels.covers("render.jobs", 1, 20, "d", "dog"));
  }

  @Test
  void aCancelledPictureIsARangeOfOne() throws Exception {
    ImageTask task = Jobs.task(Jobs.job(), 2);

    OutgoingRecord record = new CancelledRanges(InstantSource.fixed(NOW)).of(task);

    assertEquals(Kind.CANCELLED, record.kind());
    CancelledRange range = Codec.cancelledRanges().decode(record.value());
    assertEquals(task.submission(), range.getSubmission());
    assertEquals("animals", range.getDataset());
    assertEquals("cat", range.getJobId());
    assertEquals(2, range.getFirstIndex());
    assertEquals(1, range.getIndexCount());
    assertEquals(NOW, range.getCancelledAt());
  }

  private static Cancel cancel(String dataset, @Nullable String job, Submission... until) {
    return Cancel.newBuilder()
        .setDataset(dataset)
        .setJobId(job)
        .setUntil(List.of(until))
        .setRequestedAt(NOW)
        .build();
  }
}
