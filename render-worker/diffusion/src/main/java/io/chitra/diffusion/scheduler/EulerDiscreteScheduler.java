package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.List;

/**
 * Euler's method on the probability flow: algorithm 2 of Karras et al. (2022), arXiv 2206.00364,
 * without churn.
 *
 * <p>Their symbols: x_i is {@code sample}, t_i = sigma_i {@code sigma}, D(x; sigma) {@code
 * original}, d_i {@code derivative}.
 */
final class EulerDiscreteScheduler implements Scheduler {

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
  private final TimestepSpacing spacing;
  private final int stepsOffset;
  private final Interpolation interpolation;
  private final SigmaSpacing sigmaSpacing;
  private final double sigmaMin;
  private final double sigmaMax;
  private final FinalSigmas finalSigmas;
  private final boolean logSigmaTimesteps;

  EulerDiscreteScheduler(ConfigFile config) throws DiffusionException {
    trainingSigmas = NoiseSchedule.withFiniteSigmas(config).sigmas();
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    spacing = config.oneOf("timestep_spacing", TimestepSpacing.LINSPACE);
    stepsOffset = config.integer("steps_offset", 0);
    interpolation = config.oneOf("interpolation_type", Interpolation.LINEAR);
    sigmaSpacing = SigmaSpacing.from(config, List.of("use_beta_sigmas"));
    sigmaMin = config.number("sigma_min", Double.NaN);
    sigmaMax = config.number("sigma_max", Double.NaN);
    finalSigmas = FinalSigmas.from(config);
    logSigmaTimesteps =
        config.oneOf("timestep_type", TimestepType.DISCRETE) == TimestepType.CONTINUOUS
            && predictionType == PredictionType.V_PREDICTION;
  }

  @Override
  public Sampling start(int numInferenceSteps) throws DiffusionException {
    if (numInferenceSteps > trainingSigmas.length) {
      throw DiffusionException.permanent(
          "Cannot do %d steps with EulerDiscreteScheduler: the model was trained with %d timesteps"
              .formatted(numInferenceSteps, trainingSigmas.length));
    }
    double[] timesteps = timesteps(numInferenceSteps);
    double[] levels = levels(timesteps, numInferenceSteps);
    if (sigmaSpacing != SigmaSpacing.TIMESTEPS) {
      double max = Double.isNaN(sigmaMax) ? levels[0] : sigmaMax;
      double min = Double.isNaN(sigmaMin) ? levels[levels.length - 1] : sigmaMin;
      levels = sigmaSpacing.between(max, min, numInferenceSteps);
      timesteps = SigmaSpacing.timesteps(levels, trainingSigmas);
    }
    float[] sigmas = new float[levels.length + 1];
    for (int i = 0; i < levels.length; i++) {
      sigmas[i] = (float) levels[i];
    }
    sigmas[levels.length] = finalSigmas.last(trainingSigmas);
    float[] modelTimesteps = new float[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      modelTimesteps[i] = logSigmaTimesteps ? 0.25f * Numpy.log(sigmas[i]) : (float) timesteps[i];
    }
    return new State(modelTimesteps, sigmas);
  }

  private double[] timesteps(int steps) {
    int trained = trainingSigmas.length;
    return switch (spacing) {
      case LINSPACE -> {
        double[] ascending = Numpy.linspace(0, trained - 1, steps);
        double[] descending = new double[steps];
        for (int i = 0; i < steps; i++) {
          descending[i] = (float) ascending[steps - 1 - i];
        }
        yield descending;
      }
      case LEADING -> Timesteps.toDoubles(Timesteps.leading(steps, trained / steps, stepsOffset));
      case TRAILING -> Timesteps.toDoubles(Timesteps.trailing(trained, (double) trained / steps));
    };
  }

  private double[] levels(double[] timesteps, int steps) {
    if (interpolation == Interpolation.LOG_LINEAR) {
      float first = Numpy.log(trainingSigmas[trainingSigmas.length - 1]);
      float last = Numpy.log(trainingSigmas[0]);
      float[] logs = Numpy.torchLinspace(first, last, steps + 1);
      double[] levels = new double[logs.length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = Numpy.exp(logs[i]);
      }
      return levels;
    }
    double[] levels = new double[timesteps.length];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = Numpy.interpolate(timesteps[i], trainingSigmas);
    }
    return levels;
  }

  private final class State implements Sampling {

    private final float[] timesteps;
    private final float[] sigmas;
    private int index;

    State(float[] timesteps, float[] sigmas) {
      this.timesteps = timesteps;
      this.sigmas = sigmas;
    }

    @Override
    public float initNoiseSigma() {
      float max = 0;
      for (float sigma : sigmas) {
        max = Math.max(max, sigma);
      }
      return spacing == TimestepSpacing.LEADING ? Numpy.sqrt(max * max + 1) : max;
    }

    @Override
    public boolean done() {
      return index == timesteps.length;
    }

    @Override
    public float timestep() {
      return timesteps[index];
    }

    @Override
    public void scaleModelInput(float[] sample, float[] modelInput) {
      float sigma = sigmas[index];
      float scale = Numpy.sqrt(sigma * sigma + 1);
      for (int i = 0; i < sample.length; i++) {
        modelInput[i] = sample[i] / scale;
      }
    }

    @Override
    public void step(float[] modelOutput, float[] sample) {
      float sigma = sigmas[index++];
      float dt = sigmas[index] - sigma;
      float square = sigma * sigma + 1;
      float outputScale = -sigma / Numpy.sqrt(square);
      for (int i = 0; i < sample.length; i++) {
        float original =
            switch (predictionType) {
              case EPSILON -> sample[i] - sigma * modelOutput[i];
              case SAMPLE -> modelOutput[i];
              case V_PREDICTION -> modelOutput[i] * outputScale + sample[i] / square;
            };
        float derivative = (sample[i] - original) / sigma;
        sample[i] = sample[i] + derivative * dt;
      }
    }
  }
}
