package io.chitra.job;

import io.chitra.schemas.RenderJob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which fields of a job go together, whatever its model is. For one job and one thread. */
final class CombinationRules {

  private final Problems problems;

  CombinationRules(Problems problems) {
    this.problems = problems;
  }

  void check(RenderJob job) {
    if (job.getImage() == null) {
      needsImage("strength", job.getStrength());
      needsImage("mask_image", job.getMaskImage());
      needsImage("mask", job.getMask());
      needsImage("outpaint", job.getOutpaint());
    }
    if (job.getMaskImage() != null && job.getMask() != null) {
      problems.add("mask", "mask_image is given too: leave one");
    }
    if (job.getOutpaint() != null && (job.getMaskImage() != null || job.getMask() != null)) {
      problems.add("outpaint", "a mask is given too, and outpaint makes its own: leave one");
    }
    if (job.getKeepUnmasked() && job.getMaskImage() == null && job.getMask() == null) {
      problems.add(
          "keep_unmasked",
          job.getOutpaint() == null
              ? "needs a mask: give mask_image or mask, or remove it"
              : "outpaint keeps the given pixels anyhow: remove it");
    }
    if (job.getOutputQuality() != null && !"jpeg".equals(job.getOutputFormat())) {
      problems.add("output_quality", "is for output_format jpeg alone: remove it");
    }
    List<Integer> timesteps = job.getTimesteps();
    Integer steps = job.getNumInferenceSteps();
    if (timesteps != null && steps != null && steps != timesteps.size()) {
      problems.add(
          "num_inference_steps",
          "%d, and there are %d timesteps: leave it out".formatted(steps, timesteps.size()));
    }
  }

  private void needsImage(String field, @Nullable Object value) {
    if (value != null) {
      problems.add(field, "needs an image: give one, or remove it");
    }
  }
}
