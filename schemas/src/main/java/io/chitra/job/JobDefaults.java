package io.chitra.job;

import io.chitra.schemas.RenderJob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says for every line of a job file that does not say it itself; null: says
 * nothing.
 *
 * @param model the model's folder
 * @param seed of image 0; {@link JobFile#RANDOM_SEED} draws one for each line
 */
public record JobDefaults(
    @Nullable String model,
    @Nullable String dataset,
    @Nullable String negativePrompt,
    @Nullable Integer numInferenceSteps,
    @Nullable Double guidanceScale,
    @Nullable String scheduler,
    @Nullable Integer width,
    @Nullable Integer height,
    @Nullable Long seed,
    @Nullable Integer numImagesPerPrompt) {

  /** Says nothing. */
  public static final JobDefaults NONE =
      new JobDefaults(null, null, null, null, null, null, null, null, null, null);

  /** All that is wrong with the defaults themselves, under the names that job files use. */
  public List<Problem> problems(JobLimits limits) {
    RenderJob job = given().put(Field.ID, "any").put(Field.PROMPT, "any").toJob();
    if (seed != null && seed == JobFile.RANDOM_SEED) {
      job.setSeed(null);
    }
    return JobRules.check(job, limits);
  }

  GivenFields given() {
    return new GivenFields()
        .put(Field.MODEL, model)
        .put(Field.DATASET, dataset)
        .put(Field.NEGATIVE_PROMPT, negativePrompt)
        .put(Field.NUM_INFERENCE_STEPS, numInferenceSteps)
        .put(Field.GUIDANCE_SCALE, guidanceScale)
        .put(Field.SCHEDULER, scheduler)
        .put(Field.WIDTH, width)
        .put(Field.HEIGHT, height)
        .put(Field.SEED, seed)
        .put(Field.NUM_IMAGES_PER_PROMPT, numImagesPerPrompt);
  }
}
