package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.scheduler.SamplingRequest.StrengthRule;

/**
 * Multistep sampling of latent consistency models: Luo et al. (2023), arXiv 2310.04378, algorithm
 * 3. Each step jumps to a clean sample and adds fresh noise for the next.
 *
 * <p>Their symbols: z_t is {@code sample}, f_theta(z_t) {@code denoised}, c_skip(t) and c_out(t)
 * {@code skip} and {@code out}.
 */
final class LcmScheduler implements Scheduler {

  static final String NAME = "LCMScheduler";

  /** sigma_data², of the boundary condition. */
  private static final float SIGMA_DATA_SQUARE = 0.25f;

  private final NoiseSchedule schedule;
  private final PredictionType predictionType;
  private final int originalInferenceSteps;
  private final float timestepScaling;
  private final Clipping clipping;

  LcmScheduler(ConfigFile config) throws DiffusionException {
    schedule = NoiseSchedule.from(config, NoiseSchedule.Defaults.LCM);
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    originalInferenceSteps = config.integer("original_inference_steps", 50);
    if (originalInferenceSteps < 1 || originalInferenceSteps > schedule.numTrainTimesteps()) {
      throw config.unsupported(
          "original_inference_steps", "1 to num_train_timesteps = " + schedule.numTrainTimesteps());
    }
    timestepScaling = (float) config.number("timestep_scaling", 10);
    clipping = Clipping.byThresholdOrToRange(config, false);
  }

  @Override
  public Sampling start(SamplingRequest request) throws DiffusionException {
    request.check(NAME, schedule.numTrainTimesteps());
    if (request.timesteps().isEmpty() && request.strengthRule() == StrengthRule.LOWER_TIMESTEPS) {
      int lower = (int) (originalInferenceSteps * request.strength());
      return new State(request, timesteps(request.steps(), lower), 0);
    }
    float[] timesteps =
        request.timesteps().isEmpty()
            ? timesteps(request.steps(), originalInferenceSteps)
            : request.customTimesteps();
    return new State(request, timesteps, request.begin(NAME, timesteps.length, 1));
  }

  /**
   * Evenly among the timesteps that the model was distilled at.
   *
   * @param among how many of these, from the lowest
   */
  private float[] timesteps(int steps, int among) throws DiffusionException {
    if (steps > among) {
      throw DiffusionException.permanent(
          "Cannot do %d steps with %s: the model was distilled for at most %d, its original_inference_steps, and the strength leaves %d"
              .formatted(steps, NAME, originalInferenceSteps, among));
    }
    int stride = schedule.numTrainTimesteps() / originalInferenceSteps;
    double each = (double) among / steps;
    float[] timesteps = new float[steps];
    for (int i = 0; i < steps; i++) {
      timesteps[i] = (among - (int) (i * each)) * stride - 1;
    }
    return timesteps;
  }

  private final class State extends AlphaSampling {

    private final Noise noise;

    State(SamplingRequest request, float[] timesteps, int begin) {
      super(schedule, timesteps, begin);
      noise = request.noise();
    }

    @Override
    void update(float[] modelOutput, float[] sample) {
      int timestep = (int) timestep();
      float alpha = schedule.alphaCumprod(timestep);
      float[] denoised =
          predictionType.originals(modelOutput, sample, Numpy.sqrt(alpha), Numpy.sqrt(1 - alpha));
      clipping.apply(denoised);

      float scaled = timestep * timestepScaling;
      float square = scaled * scaled + SIGMA_DATA_SQUARE;
      float skip = SIGMA_DATA_SQUARE / square;
      float out = scaled / Numpy.sqrt(square);
      for (int i = 0; i < sample.length; i++) {
        sample[i] = out * denoised[i] + skip * sample[i];
      }
      if (index() + 1 < length()) {
        float[] fresh = noise.randn(sample.length);
        addNoise((int) timestep(index() + 1), sample, fresh, sample);
      }
    }
  }
}
