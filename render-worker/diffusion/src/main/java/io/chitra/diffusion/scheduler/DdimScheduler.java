package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * Denoising diffusion implicit models: Song et al. (2020), arXiv 2010.02502, equations 12 and 16.
 *
 * <p>Their symbols: x_t is {@code sample}, epsilon_theta(x_t) {@code epsilon}, f_theta(x_t) {@code
 * original}, sigma_t {@code deviation}; their alpha_t is the cumulative product that later papers
 * write ᾱ_t.
 */
final class DdimScheduler implements Scheduler {

  static final String NAME = "DDIMScheduler";

  private final NoiseSchedule schedule;
  private final PredictionType predictionType;
  private final Timesteps timesteps;
  private final float finalAlphaCumprod;
  private final Clipping clipping;

  DdimScheduler(ConfigFile config) throws DiffusionException {
    schedule = NoiseSchedule.from(config, NoiseSchedule.Defaults.DDPM);
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    timesteps = Timesteps.from(config, TimestepSpacing.LEADING, schedule.numTrainTimesteps());
    finalAlphaCumprod = config.flag("set_alpha_to_one", true) ? 1 : schedule.alphaCumprod(0);
    clipping = Clipping.byThresholdOrToRange(config, true);
  }

  @Override
  public Sampling start(SamplingRequest request) throws DiffusionException {
    request.check(NAME, schedule.numTrainTimesteps());
    request.checkOwnTimesteps(NAME);
    return new State(request, timesteps.whole(NAME, request.steps()));
  }

  private float alphaCumprod(int timestep) {
    return timestep >= 0 ? schedule.alphaCumprod(timestep) : finalAlphaCumprod;
  }

  private final class State extends AlphaSampling {

    private final int stride;
    private final float eta;
    private final Noise noise;

    State(SamplingRequest request, float[] timesteps) throws DiffusionException {
      super(schedule, timesteps, request.begin(NAME, timesteps.length, 1));
      stride = schedule.numTrainTimesteps() / request.steps();
      eta = (float) request.eta();
      noise = request.noise();
    }

    @Override
    void update(float[] modelOutput, float[] sample) {
      int timestep = (int) timestep();
      float alpha = alphaCumprod(timestep);
      float alphaBefore = alphaCumprod(timestep - stride);
      float beta = 1 - alpha;
      float variance = (1 - alphaBefore) / beta * (1 - alpha / alphaBefore);
      float deviation = eta * Numpy.sqrt(variance);

      float sqrtAlpha = Numpy.sqrt(alpha);
      float sqrtBeta = Numpy.sqrt(beta);
      float[] original = predictionType.originals(modelOutput, sample, sqrtAlpha, sqrtBeta);
      float[] epsilon = predictionType.epsilons(modelOutput, sample, sqrtAlpha, sqrtBeta);
      clipping.apply(original); // the noise stays that of the unclipped original

      float sqrtAlphaBefore = Numpy.sqrt(alphaBefore);
      // at eta 1, rounding can take the rest of the variance below zero
      float direction = Numpy.sqrt(Math.max(1 - alphaBefore - deviation * deviation, 0));
      for (int i = 0; i < sample.length; i++) {
        sample[i] = sqrtAlphaBefore * original[i] + direction * epsilon[i];
      }
      if (eta > 0) {
        float[] fresh = noise.randn(sample.length);
        for (int i = 0; i < sample.length; i++) {
          sample[i] += deviation * fresh[i];
        }
      }
    }
  }
}
