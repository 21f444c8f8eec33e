package io.chitra.worker;

import io.chitra.job.JobException;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.ModelFacts;
import io.chitra.job.ModelFacts.UNetInput;
import io.chitra.job.ModelFacts.VaeFacts;
import io.chitra.job.Pipeline;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.worker.task.ImageTask;
import java.util.Map;

/** Jobs and tasks that tests start from. */
public final class Jobs {

  public static final String DIGEST = "ab".repeat(32);
  public static final ModelFacts MODEL = model(Pipeline.STABLE_DIFFUSION);
  public static final ModelFacts XL_MODEL = model(Pipeline.STABLE_DIFFUSION_XL);

  private Jobs() {}

  private static ModelFacts model(Pipeline pipeline) {
    return new ModelFacts(
        DIGEST,
        "starter",
        pipeline,
        UNetInput.LATENTS,
        new VaeFacts(8, 4),
        256,
        256,
        "DDIMScheduler",
        20,
        7.0);
  }

  /** A file with a digest of two digits, over and over. */
  public static InputFile file(String digits) {
    return new InputFile("s3://chitra/inputs/" + digits, digits.repeat(32));
  }

  /** A job as a polite producer sends it. */
  public static RenderJob.Builder job() {
    return RenderJob.newBuilder()
        .setId("cat")
        .setDataset("animals")
        .setLabels(Map.of("class", "cat", "weight", 4.5, "legs", 4L, "tame", true))
        .setModelDigest(DIGEST)
        .setPrompt("নীল বিড়াল")
        .setNegativePrompt("flat style")
        .setSeed(7L)
        .setNumImagesPerPrompt(3);
  }

  public static RenderJob resolved(RenderJob.Builder job) {
    return resolved(job, MODEL);
  }

  public static RenderJob resolved(RenderJob.Builder job, ModelFacts model) {
    try {
      return JobRules.resolve(job.build(), model, JobLimits.defaults());
    } catch (JobException e) {
      throw new AssertionError(e);
    }
  }

  public static ImageTask task(RenderJob.Builder job, int imageIndex) {
    return task(resolved(job), imageIndex);
  }

  public static ImageTask task(RenderJob resolved, int imageIndex) {
    return new ImageTask(new Submission("render.jobs", 2, 40L), resolved, imageIndex);
  }
}
