package io.chitra.worker.task;

import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.Submission;
import io.chitra.worker.task.OutgoingRecord.Kind;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/** Makes the terminal events of cancelled pictures. Immutable; safe for use by several threads. */
public final class CancelledRanges {

  private final Codec<CancelledRange> codec = Codec.cancelledRanges();
  private final InstantSource clock;

  public CancelledRanges(InstantSource clock) {
    this.clock = clock;
  }

  /** A range of a submission's pictures will not be made. */
  public OutgoingRecord of(
      Submission submission, String dataset, String jobId, int firstIndex, int count) {
    CancelledRange range =
        CancelledRange.newBuilder()
            .setSubmission(submission)
            .setJobId(jobId)
            .setDataset(dataset)
            .setFirstIndex(firstIndex)
            .setIndexCount(count)
            .setCancelledAt(clock.instant())
            .build();
    return new OutgoingRecord(
        Kind.CANCELLED, jobId.getBytes(StandardCharsets.UTF_8), codec.encode(range), Map.of());
  }

  /** One picture will not be made. */
  public OutgoingRecord of(ImageTask task) {
    return of(task.submission(), task.dataset(), task.jobId(), task.imageIndex(), 1);
  }
}
