package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import org.jspecify.annotations.Nullable;

/**
 * Heun's method on the probability flow: algorithm 2 of Karras et al. (2022), arXiv 2206.00364,
 * without churn. Every step but the last is an Euler step and, at the next timestep, its
 * correction; so all timesteps but the first come twice.
 *
 * <p>Their symbols: x_i is {@code sample}, t_i = sigma_i {@code sigma}, D(x; sigma) {@code
 * original}, d_i and d_i' {@code derivative}.
 */
final class HeunDiscreteScheduler implements Scheduler {

  static final String NAME = "HeunDiscreteScheduler";

  private final float[] trainingSigmas;
  private final PredictionType predictionType;
  private final Timesteps timesteps;
  private final SigmaSpacing sigmaSpacing;
  private final Clipping clipping;

  HeunDiscreteScheduler(ConfigFile config) throws DiffusionException {
    trainingSigmas = NoiseSchedule.asTrained(config, NoiseSchedule.Defaults.HEUN).sigmas();
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    timesteps = Timesteps.from(config, TimestepSpacing.LINSPACE, trainingSigmas.length);
    sigmaSpacing = SigmaSpacing.from(config);
    clipping = Clipping.toRange(config, false);
  }

  @Override
  public Sampling start(SamplingRequest request) throws DiffusionException {
    request.check(NAME, trainingSigmas.length);
    sigmaSpacing.check(request, NAME);
    int steps = request.steps();
    float[] places =
        request.timesteps().isEmpty() ? timesteps.fractional(steps) : request.customTimesteps();
    double[] levels = Numpy.interpolate(places, trainingSigmas);
    if (!sigmaSpacing.isAtTimesteps()) {
      levels = sigmaSpacing.between(levels[0], levels[levels.length - 1], steps);
      places = Numpy.toFloats(SigmaSpacing.timesteps(levels, trainingSigmas));
    }
    float[] sigmas = new float[2 * levels.length];
    System.arraycopy(twice(Numpy.toFloats(levels)), 0, sigmas, 0, sigmas.length - 1);
    return new State(request, twice(places), sigmas);
  }

  /** Every value but the first twice. */
  private static float[] twice(float[] values) {
    float[] twice = new float[2 * values.length - 1];
    for (int i = 0; i < twice.length; i++) {
      twice[i] = values[(i + 1) / 2];
    }
    return twice;
  }

  private final class State extends SigmaSampling {

    private float @Nullable [] start; // of the step to be corrected
    private float[] startDerivative = new float[0];
    private float dt;

    State(SamplingRequest request, float[] places, float[] sigmas) throws DiffusionException {
      super(places, sigmas, timesteps.spacing(), request.begin(NAME, places.length, 2));
    }

    @Override
    void update(float[] modelOutput, float[] sample) {
      float sigma = sigma(index());
      float[] derivative = predictionType.originals(modelOutput, sample, sigma);
      clipping.apply(derivative);
      for (int i = 0; i < sample.length; i++) {
        derivative[i] = (sample[i] - derivative[i]) / sigma;
      }
      if (start == null) {
        start = sample.clone();
        startDerivative = derivative;
        dt = sigma(index() + 1) - sigma;
        for (int i = 0; i < sample.length; i++) {
          sample[i] = sample[i] + derivative[i] * dt;
        }
      } else {
        for (int i = 0; i < sample.length; i++) {
          sample[i] = start[i] + (startDerivative[i] + derivative[i]) / 2 * dt;
        }
        start = null;
      }
    }
  }
}
