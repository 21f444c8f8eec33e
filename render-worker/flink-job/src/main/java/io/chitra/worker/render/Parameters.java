package io.chitra.worker.render;

import io.chitra.worker.task.ImageTask;
import java.math.BigDecimal;
import java.util.Map;

/**
 * The settings of a picture as a line of text inside the file, in the format of AUTOMATIC1111's web
 * UI, which picture viewers and other tools read. Only what decides the pixels is in it: equal
 * pictures are equal files.
 */
final class Parameters {

  /** That UI's names of the diffusers schedulers. */
  private static final Map<String, String> SAMPLERS =
      Map.of(
          "DDIMScheduler", "DDIM",
          "EulerDiscreteScheduler", "Euler",
          "DPMSolverMultistepScheduler", "DPM++ 2M");

  private Parameters() {}

  static String of(ImageTask task) {
    StringBuilder text = new StringBuilder(task.prompt());
    if (task.negativePrompt() != null && !task.negativePrompt().isEmpty()) {
      text.append("\nNegative prompt: ").append(task.negativePrompt());
    }
    return text.append("\nSteps: ")
        .append(task.numInferenceSteps())
        .append(", Sampler: ")
        .append(SAMPLERS.getOrDefault(task.scheduler(), task.scheduler()))
        .append(", CFG scale: ")
        .append(BigDecimal.valueOf(task.guidanceScale()).stripTrailingZeros().toPlainString())
        .append(", Seed: ")
        .append(task.seed())
        .append(", Size: ")
        .append(task.width())
        .append('x')
        .append(task.height())
        .append(", Model hash: ")
        .append(task.modelDigest(), 0, 10)
        .toString();
  }
}
