package io.chitra.worker.task;

import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Stage;
import io.chitra.schemas.Submission;
import io.chitra.worker.task.OutgoingRecord.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters: of a whole submission, with its original bytes, or of one picture. The
 * headers are those that Kafka Connect gives its dead letters, so that tools which know them can
 * count and filter without decoding.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class DeadLetters {

  private static final int MAX_MESSAGE = 2000;

  /**
   * Of the original value, and twice the key: it is the dead letter's too. Larger ones are left
   * out.
   */
  public static final int MAX_ORIGINAL_BYTES = 7 * 1024 * 1024;

  /** Of a dead letter without the original key and value. */
  public static final int MAX_OVERHEAD_BYTES = 64 * 1024;

  private final Codec<DeadLetter> codec = Codec.deadLetters();
  private final InstantSource clock;

  public DeadLetters(InstantSource clock) {
    this.clock = clock;
  }

  /** The whole submission has failed; {@code job} is what could be read of it, if anything. */
  public OutgoingRecord ofSubmission(
      JobMessage message, Stage stage, @Nullable RenderJob job, Exception cause) {
    DeadLetter letter =
        letter(
            new Submission(message.topic(), message.partition(), message.offset()), stage, cause);
    if (job != null) {
      letter.setJobId(job.getId());
      letter.setDataset(job.getDataset());
    }
    byte[] key = message.key();
    byte[] value = message.value();
    if (2L * length(key) + length(value) > MAX_ORIGINAL_BYTES) {
      letter.setMessage(
          letter.getMessage()
              + " (its key of %d and value of %d bytes are too large to be kept here; they are in the topic)"
                  .formatted(length(key), length(value)));
      return outgoing(letter, null);
    }
    letter.setKey(key == null ? null : ByteBuffer.wrap(key));
    letter.setValue(value == null ? null : ByteBuffer.wrap(value));
    return outgoing(letter, key);
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  /** One picture of a submission has failed. */
  public OutgoingRecord ofPicture(ImageTask task, Throwable cause) {
    DeadLetter letter = letter(task.submission(), Stage.RENDER, cause);
    letter.setJobId(task.jobId());
    letter.setDataset(task.dataset());
    letter.setFirstIndex(task.imageIndex());
    letter.setIndexCount(1);
    return outgoing(letter, task.jobId().getBytes(StandardCharsets.UTF_8));
  }

  private DeadLetter letter(Submission submission, Stage stage, Throwable cause) {
    return DeadLetter.newBuilder()
        .setSubmission(submission)
        .setStage(stage)
        .setErrorClass(cause.getClass().getSimpleName())
        .setMessage(printable(cause))
        .setFailedAt(clock.instant())
        .build();
  }

  private OutgoingRecord outgoing(DeadLetter letter, byte @Nullable [] key) {
    Submission submission = letter.getSubmission();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("__connect.errors.topic", submission.getTopic());
    headers.put("__connect.errors.partition", Integer.toString(submission.getPartition()));
    headers.put("__connect.errors.offset", Long.toString(submission.getOffset()));
    headers.put("__connect.errors.stage", letter.getStage().name());
    headers.put("__connect.errors.exception.class.name", letter.getErrorClass());
    headers.put("__connect.errors.exception.message", letter.getMessage());
    return new OutgoingRecord(Kind.DEAD_LETTER, key, codec.encode(letter), headers);
  }

  private static String printable(Throwable cause) {
    return Printable.of(
        cause.getMessage() == null ? cause.toString() : cause.getMessage(), MAX_MESSAGE);
  }
}
