package io.chitra.job;

/**
 * How large a job may be. The limits keep one job from taking a worker's memory; they say nothing
 * about what a model is good at.
 *
 * @param maxPromptCharacters of the prompt, and of the negative prompt (Unicode code points)
 * @param maxSide of width and height, in pixels
 * @param maxPixels of width times height
 * @param maxSteps of num_inference_steps
 * @param maxGuidanceScale of guidance_scale
 * @param maxImages of num_images_per_prompt
 * @param maxLabels how many labels a job may have
 * @param maxLabelCharacters of the text of one label (Unicode code points)
 */
public record JobLimits(
    int maxPromptCharacters,
    int maxSide,
    long maxPixels,
    int maxSteps,
    double maxGuidanceScale,
    int maxImages,
    int maxLabels,
    int maxLabelCharacters) {

  private static final JobLimits DEFAULTS =
      new JobLimits(10_000, 4096, 2_097_152, 1000, 100, 10_000_000, 100, 1000);

  /** The limits unless told otherwise. */
  public static JobLimits defaults() {
    return DEFAULTS;
  }
}
