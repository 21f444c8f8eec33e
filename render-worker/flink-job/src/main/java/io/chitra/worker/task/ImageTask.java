package io.chitra.worker.task;

import static java.util.Objects.requireNonNull;

import io.chitra.job.JobRules;
import io.chitra.job.TaskKind;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.Lora;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One picture, fully resolved: a job with every default filled in, and which of its pictures.
 *
 * @param submission where the job's record lies in Kafka
 * @param job resolved; it is not changed, by nobody
 * @param imageIndex 0-based index within the job
 */
public record ImageTask(Submission submission, RenderJob job, int imageIndex) {

  private static final long SEEDS = 1L << 32;

  /**
   * Reads what plan has sent; plan wrote it, so bytes that cannot be read are a defect, not an
   * input.
   */
  public static ImageTask of(PlannedImage planned, Codec<RenderJob> codec) {
    Submission submission = new Submission(planned.topic(), planned.partition(), planned.offset());
    try {
      return new ImageTask(submission, codec.decode(planned.job()), planned.imageIndex());
    } catch (BadRecordException e) {
      throw new IllegalStateException(
          "Cannot read picture %d of %s: plan's own bytes are broken"
              .formatted(planned.imageIndex(), submission),
          e);
    }
  }

  public TaskKind kind() {
    return TaskKind.of(job);
  }

  public String jobId() {
    return job.getId();
  }

  public String dataset() {
    return requireNonNull(job.getDataset());
  }

  /** Strings, longs, doubles and booleans. */
  public Map<String, Object> labels() {
    return job.getLabels();
  }

  public String modelDigest() {
    return requireNonNull(job.getModelDigest());
  }

  public String prompt() {
    return job.getPrompt();
  }

  public @Nullable String negativePrompt() {
    return job.getNegativePrompt();
  }

  public int numInferenceSteps() {
    return requireNonNull(job.getNumInferenceSteps());
  }

  public double guidanceScale() {
    return requireNonNull(job.getGuidanceScale());
  }

  /** The canonical name: a diffusers class name, or a variant's short name. */
  public String scheduler() {
    return requireNonNull(job.getScheduler());
  }

  /** This picture's own seed: (the job's + the index) mod 2^32. */
  public long seed() {
    return (requireNonNull(job.getSeed()) + imageIndex) % SEEDS;
  }

  /** Of the picture that comes out, in pixels. */
  public int width() {
    return JobRules.canvas(job).get(1);
  }

  /** Of the picture that comes out, in pixels. */
  public int height() {
    return JobRules.canvas(job).get(0);
  }

  /** How much of a given picture is drawn anew; not for text-to-image. */
  public double strength() {
    return requireNonNull(job.getStrength());
  }

  /** In the order in which they are added. */
  public List<Lora> loras() {
    List<Lora> loras = job.getLoras();
    return loras == null ? List.of() : loras;
  }

  /** The media type of the picture's file. */
  public String contentType() {
    return "image/" + (job.getOutputFormat() == null ? "png" : job.getOutputFormat());
  }

  /** The extension of the picture's file, without a dot. */
  public String fileExtension() {
    return job.getOutputFormat() == null ? "png" : "jpg";
  }
}
