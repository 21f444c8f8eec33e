package io.chitra.worker;

import io.chitra.job.JobException;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.ModelFacts;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.worker.task.ImageTask;
import java.util.Map;

/** Jobs and tasks that tests start from. */
public final class Jobs {

  public static final String DIGEST = "ab".repeat(32);
  public static final ModelFacts MODEL =
      new ModelFacts(DIGEST, "starter", 32, 256, 256, "DDIMScheduler", 20, 7.0);

  private Jobs() {}

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
    try {
      return JobRules.resolve(job.build(), MODEL, JobLimits.defaults());
    } catch (JobException e) {
      throw new AssertionError(e);
    }
  }

  public static ImageTask task(RenderJob.Builder job, int imageIndex) {
    return ImageTask.of(new Submission("render.jobs", 2, 40L), resolved(job), imageIndex);
  }
}
