package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * Euler's method on the probability flow: algorithm 2 of Karras et al. (2022), arXiv 2206.00364,
 * without churn.
 *
 * <p>Their symbols: x_i is {@code sample}, t_i = sigma_i {@code sigma}, D(x; sigma) {@code
 * original}, d_i {@code derivative}.
 */
final class EulerDiscreteScheduler implements Scheduler {

  static final String NAME = "EulerDiscreteScheduler";

  private enum Interpolation {
    LINEAR,
    LOG_LINEAR
  }

  private enum TimestepType {
    DISCRETE,
    CONTINUOUS
  }

  private final float[] trainingSigmas;
  private final PredictionType predictionType;
  private final Timesteps timesteps;
  private final Interpolation interpolation;
  private final SigmaSpacing sigmaSpacing;
  private final FinalSigmas finalSigmas;
  private final boolean logSigmaTimesteps;

  EulerDiscreteScheduler(ConfigFile config) throws DiffusionException {
    trainingSigmas = NoiseSchedule.withFiniteSigmas(config).sigmas();
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    timesteps = Timesteps.from(config, TimestepSpacing.LINSPACE, trainingSigmas.length);
    interpolation = config.oneOf("interpolation_type", Interpolation.LINEAR);
    sigmaSpacing = SigmaSpacing.from(config);
    finalSigmas = FinalSigmas.from(config);
    logSigmaTimesteps =
        config.oneOf("timestep_type", TimestepType.DISCRETE) == TimestepType.CONTINUOUS
            && predictionType == PredictionType.V_PREDICTION;
  }

  @Override
  public Sampling start(SamplingRequest request) throws DiffusionException {
    request.check(NAME, trainingSigmas.length);
    sigmaSpacing.check(request, NAME);
    if (logSigmaTimesteps) {
      request.checkOwnTimesteps(NAME + " and continuous timesteps");
    }
    int steps = request.steps();
    float[] places =
        request.timesteps().isEmpty() ? timesteps.fractional(steps) : request.customTimesteps();
    double[] levels =
        switch (interpolation) {
          case LINEAR -> Numpy.interpolate(places, trainingSigmas);
          case LOG_LINEAR -> logLinear(steps);
        };
    if (!sigmaSpacing.isAtTimesteps()) {
      levels = sigmaSpacing.between(levels[0], levels[levels.length - 1], steps);
      places = Numpy.toFloats(SigmaSpacing.timesteps(levels, trainingSigmas));
    }
    float[] sigmas = finalSigmas.append(levels, trainingSigmas[0]);
    return new State(request, logSigmaTimesteps ? logarithms(sigmas) : places, sigmas);
  }

  /** Levels at one step more than there are timesteps for. */
  private double[] logLinear(int steps) {
    float first = Numpy.log(trainingSigmas[trainingSigmas.length - 1]);
    float last = Numpy.log(trainingSigmas[0]);
    float[] logs = Numpy.torchLinspace(first, last, steps + 1);
    double[] levels = new double[logs.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = Numpy.exp(logs[i]);
    }
    return levels;
  }

  /** The timesteps of a model that is told log(sigma) / 4. */
  private static float[] logarithms(float[] sigmas) {
    float[] timesteps = new float[sigmas.length - 1];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = 0.25f * Numpy.log(sigmas[i]);
    }
    return timesteps;
  }

  private final class State extends SigmaSampling {

    State(SamplingRequest request, float[] places, float[] sigmas) throws DiffusionException {
      super(places, sigmas, timesteps.spacing(), request.begin(NAME, places.length, 1));
    }

    @Override
    void update(float[] modelOutput, float[] sample) {
      float sigma = sigma(index());
      float dt = sigma(index() + 1) - sigma;
      float[] original = predictionType.originals(modelOutput, sample, sigma);
      for (int i = 0; i < sample.length; i++) {
        float derivative = (sample[i] - original[i]) / sigma;
        sample[i] = sample[i] + derivative * dt;
      }
    }
  }
}
