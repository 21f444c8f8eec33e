package io.chitra.worker.task;

import static java.util.Objects.requireNonNull;

import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One picture, fully resolved: every default filled in, one seed, the model's digest. Names are
 * diffusers'.
 *
 * @param submission where the job's record lies in Kafka
 * @param imageIndex 0-based index within the job
 * @param labels strings, longs, doubles and booleans
 * @param modelName what the person called the model; decides nothing
 * @param scheduler a diffusers class name
 * @param seed this picture's own, 0 .. 2^32 - 1
 */
public record ImageTask(
    Submission submission,
    String jobId,
    String dataset,
    int imageIndex,
    Map<String, Object> labels,
    String modelDigest,
    @Nullable String modelName,
    String prompt,
    @Nullable String negativePrompt,
    int numInferenceSteps,
    double guidanceScale,
    String scheduler,
    int width,
    int height,
    long seed) {

  private static final long SEEDS = 1L << 32;

  /**
   * Reads what plan has sent; plan wrote it, so bytes that cannot be read are a defect, not an
   * input.
   */
  public static ImageTask of(PlannedImage planned, Codec<RenderJob> codec) {
    Submission submission = new Submission(planned.topic(), planned.partition(), planned.offset());
    try {
      return of(submission, codec.decode(planned.job()), planned.imageIndex());
    } catch (BadRecordException e) {
      throw new IllegalStateException(
          "Cannot read picture %d of %s: plan's own bytes are broken"
              .formatted(planned.imageIndex(), submission),
          e);
    }
  }

  /** One picture of a resolved job. Image i of a job with seed s has seed (s + i) mod 2^32. */
  public static ImageTask of(Submission submission, RenderJob job, int imageIndex) {
    return new ImageTask(
        submission,
        job.getId(),
        requireNonNull(job.getDataset()),
        imageIndex,
        job.getLabels(),
        requireNonNull(job.getModelDigest()),
        job.getModelName(),
        job.getPrompt(),
        job.getNegativePrompt(),
        requireNonNull(job.getNumInferenceSteps()),
        requireNonNull(job.getGuidanceScale()),
        requireNonNull(job.getScheduler()),
        requireNonNull(job.getWidth()),
        requireNonNull(job.getHeight()),
        (requireNonNull(job.getSeed()) + imageIndex) % SEEDS);
  }
}
