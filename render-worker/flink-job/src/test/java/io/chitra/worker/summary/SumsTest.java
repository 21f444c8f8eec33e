package io.chitra.worker.summary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.IndexRange;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Stage;
import io.chitra.schemas.Submission;
import io.chitra.schemas.SubmissionSummary;
import io.chitra.worker.summary.Sums.Kind;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SumsTest {

  private static final String JOBS = "render.jobs";

  private Sums sums = sums();

  /** What a reader of the compacted topic has. */
  private final Map<String, SubmissionSummary> topic = new HashMap<>();

  private long time = 1_000_000;
  private long resultOffset;

  private static Sums sums() {
    return new Sums(
        new Sums.Codecs(
            Codec.renderJobs(),
            Codec.pictureEntries(),
            Codec.deadLetters(),
            Codec.cancelledRanges()));
  }

  private static Submission submission(long offset) {
    return new Submission(JOBS, 1, offset);
  }

  private void job(long offset, int pictures) {
    RenderJob job =
        RenderJob.newBuilder()
            .setId("rain")
            .setDataset("weather")
            .setPrompt("a")
            .setNumImagesPerPrompt(pictures)
            .build();
    jobBytes(offset, Codec.renderJobs().encode(job));
  }

  private void jobBytes(long offset, byte[] value) {
    sums.add(Kind.JOB, new TopicRow(JOBS, 1, offset, time++, value));
  }

  private void end(Kind kind, byte[] value) {
    sums.add(kind, new TopicRow("ends", 0, resultOffset++, time++, value));
  }

  private void made(long offset, int index, boolean reused) {
    end(
        Kind.RESULT,
        Codec.imageRecords()
            .encode(
                ImageRecord.newBuilder()
                    .setJobId("rain")
                    .setDataset("weather")
                    .setImageIndex(index)
                    .setLabels(Map.of("n", 1L))
                    .setSubmission(submission(offset))
                    .setModelDigest("ab")
                    .setPrompt("a")
                    .setNumInferenceSteps(1)
                    .setGuidanceScale(1)
                    .setScheduler("DDIMScheduler")
                    .setWidth(8)
                    .setHeight(8)
                    .setSeed(1)
                    .setFingerprint("cd")
                    .setEnvironmentClass("e")
                    .setObjectKey("images/cd")
                    .setBucket("chitra")
                    .setContentType("image/png")
                    .setFileBytes(1)
                    .setFileSha256("ef")
                    .setPixelSha256("01")
                    .setReused(reused)
                    .setRenderedAt(Instant.EPOCH)
                    .setRenderMillis(1)
                    .setEnvironment(Map.of())
                    .build()));
  }

  private void failed(long offset, @Nullable Integer index, String message) {
    end(
        Kind.DEAD_LETTER,
        Codec.deadLetters()
            .encode(
                DeadLetter.newBuilder()
                    .setSubmission(submission(offset))
                    .setStage(Stage.RENDER)
                    .setJobId("rain")
                    .setDataset("weather")
                    .setFirstIndex(index)
                    .setIndexCount(index == null ? null : Integer.valueOf(1))
                    .setErrorClass("X")
                    .setMessage(message)
                    .setFailedAt(Instant.EPOCH)
                    .build()));
  }

  private void cancelled(long offset, int first, int count) {
    end(
        Kind.CANCELLED,
        Codec.cancelledRanges()
            .encode(
                new CancelledRange(
                    submission(offset), "rain", "weather", first, count, Instant.EPOCH)));
  }

  private void flush() throws Exception {
    for (SummaryRecord record : sums.flush()) {
      SubmissionSummary summary = Codec.summaries().decode(record.value());
      String key = new String(record.key(), UTF_8);
      assertEquals(
          JOBS + "-1@" + summary.getSubmission().getOffset(), key, "the key is the submission");
      topic.put(key, summary);
    }
  }

  private SubmissionSummary summary(long offset) throws Exception {
    flush();
    return Objects.requireNonNull(topic.get(JOBS + "-1@" + offset));
  }

  private static List<Integer> counts(SubmissionSummary summary) {
    return List.of(
        summary.getAsked() == null ? -1 : summary.getAsked(),
        summary.getRendered(),
        summary.getReused(),
        summary.getFailed(),
        summary.getCancelled());
  }

  @Test
  void whatWaitsIsSaid() throws Exception {
    job(5, 3);

    SubmissionSummary waiting = summary(5);
    assertEquals(List.of(3, 0, 0, 0, 0), counts(waiting));
    assertEquals("weather", waiting.getDataset());
    assertEquals("rain", waiting.getJobId());
    assertEquals(Instant.ofEpochMilli(1_000_000), waiting.getSubmittedAt());
    assertNull(waiting.getLastEndedAt());
  }

  @Test
  void everyKindOfEndIsCounted() throws Exception {
    job(5, 10);
    job(6, 10);
    made(5, 0, false);
    made(5, 1, true);
    failed(5, 2, "no memory");
    failed(5, 4, "no memory");
    failed(5, 3, "no light");
    cancelled(5, 6, 4);

    SubmissionSummary summary = summary(5);
    assertEquals(List.of(10, 1, 1, 3, 4), counts(summary));
    assertEquals(List.of(new IndexRange(2, 3)), summary.getFailedRanges());
    assertEquals(List.of(new IndexRange(6, 4)), summary.getCancelledRanges());
    assertEquals(2, summary.getFailures().size());
    assertEquals(2, summary.getFailures().get(0).getCount());
    assertEquals(2, summary.getFailures().get(0).getExample());
    assertEquals(Instant.ofEpochMilli(time - 1), summary.getLastEndedAt());
    assertEquals(9, summary.getRecent().stream().mapToInt(recent -> recent.getEnded()).sum());
    assertEquals(List.of(10, 0, 0, 0, 0), counts(summary(6)));
  }

  @Test
  void anEndMayComeBeforeItsJob() throws Exception {
    made(5, 0, false);
    failed(6, null, "no such model");
    flush();
    assertTrue(topic.isEmpty(), "nobody knows yet what was asked for");
    job(5, 2);
    job(6, 7);

    assertEquals(List.of(2, 1, 0, 0, 0), counts(summary(5)));
    assertEquals(List.of(7, 0, 0, 7, 0), counts(summary(6)));
    assertEquals(List.of(new IndexRange(0, 7)), summary(6).getFailedRanges());
  }

  @Test
  void whatIsNoJobIsOneThingThatFails() throws Exception {
    jobBytes(5, new byte[0]);
    failed(5, null, "it is empty");

    assertEquals(List.of(1, 0, 0, 1, 0), counts(summary(5)));
  }

  @Test
  void whatIsNoEndIsPassedOver() throws Exception {
    job(5, 1);
    end(Kind.RESULT, new byte[] {1, 2, 3});
    end(Kind.CANCELLED, new byte[0]);

    assertEquals(List.of(1, 0, 0, 0, 0), counts(summary(5)));
  }

  @Test
  void whatHasEndedIsForgotten() throws Exception {
    for (int i = 0; i < 1000; i++) {
      job(i, 2);
      made(i, 0, false);
    }
    flush();
    assertEquals(1000, sums.open());
    for (int i = 0; i < 999; i++) {
      made(i, 1, false);
    }
    flush();

    assertEquals(1, sums.open());
    assertEquals(1, sums.begunState().size());
    assertEquals(List.of(), sums.waitingState());
  }

  /** From any checkpoint on, the same rows lead to the same sums. */
  @Test
  void stateIsTakenUp() throws Exception {
    job(5, 6);
    job(6, 4);
    job(9, 3);
    made(5, 0, false);
    failed(7, null, "no such model");
    flush();
    List<byte[]> begun = sums.begunState();
    List<byte[]> waiting = sums.waitingState();
    sums = sums();
    sums.restore(begun, waiting);
    assertEquals(4, sums.open());
    made(5, 1, true);
    failed(5, 2, "no memory");
    made(9, 0, false);
    job(10, 1);
    job(7, 3);

    assertEquals(List.of(6, 1, 1, 1, 0), counts(summary(5)));
    assertEquals(List.of(4, 0, 0, 0, 0), counts(summary(6)));
    assertEquals(List.of(3, 1, 0, 0, 0), counts(summary(9)));
    assertEquals(List.of(1, 0, 0, 0, 0), counts(summary(10)));
  }

  @Test
  void aMillionThatWaitTakeAFewBytesEach() {
    byte[] job =
        Codec.renderJobs().encode(RenderJob.newBuilder().setId("rain").setPrompt("a").build());
    for (int i = 0; i < 1_000_000; i++) {
      jobBytes(i, job);
      if (i % 1000 == 0) {
        assertTrue(sums.flush().size() <= 1000);
      }
    }
    long bytes = sums.waitingState().stream().mapToLong(state -> state.length).sum();
    assertTrue(bytes < 8_000_000, bytes + " bytes");
    assertEquals(1_000_000, sums.open());
  }

  @Test
  void rangesAndReasonsAreBounded() throws Exception {
    job(5, 10_000);
    for (int i = 0; i < 5000; i++) {
      failed(5, 2 * i, "reason " + i);
    }

    SubmissionSummary summary = summary(5);
    assertEquals(5000, summary.getFailed());
    assertNull(summary.getFailedRanges());
    assertTrue(summary.getFailures().size() <= 10, summary.getFailures().toString());
    assertEquals(5000, summary.getFailures().stream().mapToInt(r -> r.getCount()).sum());
  }
}
