package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.Cancel;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.Submission;
import io.chitra.worker.Jobs;
import io.chitra.worker.task.CancelledRanges;
import io.chitra.worker.task.Cancels;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.OutgoingRecord.Kind;
import io.chitra.worker.task.PlannedImage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class RunningPicturesTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final OutgoingRecord RECORD =
      new OutgoingRecord(Kind.RESULT, null, new byte[] {1}, Map.of());

  private final Cancels cancels = new Cancels();
  private final List<CompletableFuture<OutgoingRecord>> makings = new ArrayList<>();
  private final KeptMetrics metrics = new KeptMetrics();
  private final RunningPictures pictures =
      new RunningPictures(
          () -> cancels,
          planned -> {
            CompletableFuture<OutgoingRecord> making = new CompletableFuture<>();
            makings.add(making);
            return making;
          },
          Codec.renderJobs(),
          new CancelledRanges(InstantSource.fixed(NOW)),
          new RenderMetrics(metrics));

  @Test
  void whatIsNotCancelledEndsAsItIsMade() {
    CompletableFuture<OutgoingRecord> end = pictures.make(planned(40));
    cancel("dog", 100);
    cancel("cat", 40);
    assertFalse(end.isDone());

    makings.get(0).complete(RECORD);

    assertSame(RECORD, end.join());
    assertEquals(0, metrics.count("chitra.cancelled"));
  }

  @Test
  void aFailureIsPassedOn() {
    CompletableFuture<OutgoingRecord> end = pictures.make(planned(40));
    makings.get(0).completeExceptionally(new IllegalStateException("no store"));

    CompletionException e = assertThrows(CompletionException.class, end::join);
    assertTrue(String.valueOf(e.getCause()).contains("no store"), e.toString());
  }

  @Test
  void whatIsCancelledBeforehandIsNotBegun() throws Exception {
    cancel("cat", 41);

    assertRange(pictures.make(planned(40)).join());
    assertEquals(List.of(), makings);
    assertEquals(1, metrics.count("chitra.cancelled"));
  }

  @Test
  void aRunningPictureIsStopped() throws Exception {
    CompletableFuture<OutgoingRecord> end = pictures.make(planned(40));
    CompletableFuture<OutgoingRecord> later = pictures.make(planned(41));
    cancel("cat", 41);

    assertRange(end.join());
    assertTrue(makings.get(0).isCancelled());
    assertFalse(later.isDone());
    assertFalse(makings.get(1).isDone());
  }

  @Test
  void theRecordStaysWhereItWasThereBefore() {
    CompletableFuture<OutgoingRecord> end = pictures.make(planned(40));
    makings.get(0).complete(RECORD);
    cancel("cat", 41);

    assertSame(RECORD, end.join());
    assertEquals(0, metrics.count("chitra.cancelled"));
  }

  @Test
  void onePictureAskedForTwiceAtOnceEndsTwice() throws Exception {
    CompletableFuture<OutgoingRecord> one = pictures.make(planned(40));
    CompletableFuture<OutgoingRecord> two = pictures.make(planned(40));
    cancel("cat", 41);

    assertRange(one.join());
    assertRange(two.join());
    assertEquals(2, metrics.count("chitra.cancelled"));
  }

  private void cancel(String job, long until) {
    cancels.add(
        Cancel.newBuilder()
            .setDataset("animals")
            .setJobId(job)
            .setUntil(List.of(new Submission("render.jobs", 2, until)))
            .setRequestedAt(NOW)
            .build());
    pictures.stopCancelled();
  }

  private static PlannedImage planned(long offset) {
    byte[] job = Codec.renderJobs().encode(Jobs.resolved(Jobs.job()));
    return new PlannedImage("render.jobs", 2, offset, job, 1);
  }

  private static void assertRange(OutgoingRecord record) throws Exception {
    assertEquals(Kind.CANCELLED, record.kind());
    CancelledRange range = Codec.cancelledRanges().decode(record.value());
    assertEquals(new Submission("render.jobs", 2, 40L), range.getSubmission());
    assertEquals(1, range.getFirstIndex());
    assertEquals(1, range.getIndexCount());
  }
}
