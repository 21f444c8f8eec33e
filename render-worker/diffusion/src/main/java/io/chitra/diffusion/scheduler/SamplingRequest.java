package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import java.util.List;

/**
 * What one picture asks of its scheduler.
 *
 * <p>Values that no scheduler takes are accepted here and refused by {@link Scheduler#start}, so
 * that there is one place where a request fails.
 *
 * @param numInferenceSteps 1 to the number of timesteps that the model was trained with; not looked
 *     at where there are timesteps
 * @param timesteps strictly descending; empty for the scheduler's own
 * @param strength 0 to 1: how far the picture may leave the given one; 1 is all the way
 * @param strengthRule what the strength changes
 * @param eta 0 to 1: how much of the variance {@code DDIMScheduler} draws anew at each step; not
 *     looked at by the others
 * @param noise what the scheduler draws from; nothing else may draw while it steps
 */
public record SamplingRequest(
    int numInferenceSteps,
    List<Integer> timesteps,
    double strength,
    StrengthRule strengthRule,
    double eta,
    Noise noise) {

  /** What a strength below 1 changes. */
  public enum StrengthRule {
    /** Only the last steps are done, as diffusers' image-to-image pipelines do. */
    FEWER_STEPS,

    /**
     * All steps are done, among the lower timesteps, as {@code
     * LatentConsistencyModelImg2ImgPipeline} does: for {@code LCMScheduler} alone.
     */
    LOWER_TIMESTEPS
  }

  public SamplingRequest {
    timesteps = List.copyOf(timesteps);
  }

  /** Checks every value that can be checked before the timesteps are known. */
  void check(String scheduler, int numTrainTimesteps) throws DiffusionException {
    if (steps() < 1) {
      throw DiffusionException.permanent(
          "Cannot do %d steps with %s: it must be 1 or more".formatted(steps(), scheduler));
    }
    if (steps() > numTrainTimesteps) {
      throw DiffusionException.permanent(
          "Cannot do %d steps with %s: the model was trained with %d timesteps"
              .formatted(steps(), scheduler, numTrainTimesteps));
    }
    int before = numTrainTimesteps;
    for (int timestep : timesteps) {
      if (timestep < 0 || timestep >= before) {
        throw DiffusionException.permanent(
            "Cannot use timesteps %s with %s: they must descend, from at most %d to at least 0"
                .formatted(timesteps, scheduler, numTrainTimesteps - 1));
      }
      before = timestep;
    }
    checkFraction("strength", strength, scheduler);
    checkFraction("eta", eta, scheduler);
  }

  private static void checkFraction(String name, double value, String scheduler)
      throws DiffusionException {
    if (!(value >= 0 && value <= 1)) {
      throw DiffusionException.permanent(
          "Cannot use %s %s with %s: it must be 0 to 1".formatted(name, value, scheduler));
    }
  }

  /** Refuses timesteps for a scheduler that only has its own. */
  void checkOwnTimesteps(String scheduler) throws DiffusionException {
    if (!timesteps.isEmpty()) {
      throw DiffusionException.permanent(
          "Cannot use timesteps with %s: it only does its own; give num_inference_steps instead"
              .formatted(scheduler));
    }
  }

  /** The timesteps asked for, as floats. */
  float[] customTimesteps() {
    float[] values = new float[timesteps.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = timesteps.get(i);
    }
    return values;
  }

  /** The number of steps, before any are left out by the strength. */
  int steps() {
    return timesteps.isEmpty() ? numInferenceSteps : timesteps.size();
  }

  /**
   * Where the strength starts, as {@code get_timesteps} of diffusers' image-to-image pipelines has
   * it.
   *
   * @param length of the scheduler's timesteps
   * @param order timesteps a step
   */
  int begin(String scheduler, int length, int order) throws DiffusionException {
    int steps = timesteps.isEmpty() ? numInferenceSteps : length;
    int begin = (steps - (int) (steps * strength)) * order;
    if (begin >= length) {
      int needed = steps - (length - 1) / order;
      double smallest = Math.ceil(1e4 * needed / steps) / 1e4;
      throw DiffusionException.permanent(
          "Cannot start %s at strength %s: of %d steps none is left; use %s or more"
              .formatted(scheduler, strength, steps, smallest));
    }
    return begin;
  }
}
