package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * Euler's method to below the next noise level, and fresh noise up to it: Crowson's {@code
 * sample_euler_ancestral} of k-diffusion, after the ancestral sampling of Song et al. (2021), arXiv
 * 2011.13456.
 *
 * <p>k-diffusion's symbols: x is {@code sample}, denoised {@code original}, d {@code derivative}.
 */
final class EulerAncestralDiscreteScheduler implements Scheduler {

  static final String NAME = "EulerAncestralDiscreteScheduler";

  private final float[] trainingSigmas;
  private final PredictionType predictionType;
  private final Timesteps timesteps;

  EulerAncestralDiscreteScheduler(ConfigFile config) throws DiffusionException {
    trainingSigmas = NoiseSchedule.withFiniteSigmas(config).sigmas();
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    if (predictionType == PredictionType.SAMPLE) {
      throw config.unsupported("prediction_type", "epsilon, v_prediction with " + NAME);
    }
    timesteps = Timesteps.from(config, TimestepSpacing.LINSPACE, trainingSigmas.length);
  }

  @Override
  public Sampling start(SamplingRequest request) throws DiffusionException {
    request.check(NAME, trainingSigmas.length);
    request.checkOwnTimesteps(NAME);
    float[] places = timesteps.fractional(request.steps());
    float[] sigmas = FinalSigmas.ZERO.append(Numpy.interpolate(places, trainingSigmas), 0);
    return new State(request, places, sigmas);
  }

  private final class State extends SigmaSampling {

    private final Noise noise;

    State(SamplingRequest request, float[] places, float[] sigmas) throws DiffusionException {
      super(places, sigmas, timesteps.spacing(), request.begin(NAME, places.length, 1));
      noise = request.noise();
    }

    @Override
    void update(float[] modelOutput, float[] sample) {
      float from = sigma(index());
      float to = sigma(index() + 1);
      float fromSquare = from * from;
      float toSquare = to * to;
      float up = Numpy.sqrt(toSquare * (fromSquare - toSquare) / fromSquare);
      float down = Numpy.sqrt(Math.max(toSquare - up * up, 0)); // rounding can take it below zero
      float dt = down - from;
      float[] original = predictionType.originals(modelOutput, sample, from);
      float[] fresh = noise.randn(sample.length);
      for (int i = 0; i < sample.length; i++) {
        float derivative = (sample[i] - original[i]) / from;
        sample[i] = sample[i] + derivative * dt + fresh[i] * up;
      }
    }
  }
}
