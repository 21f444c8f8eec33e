package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * Pseudo numerical methods for diffusion models: Liu et al. (2022), arXiv 2202.09778. Three
 * Runge-Kutta steps of four model calls each, then linear multistep ones; or, with {@code
 * skip_prk_steps}, only linear multistep ones with lower orders at first.
 *
 * <p>Their symbols: x_t is {@code sample}, e_t {@code epsilon}, t - delta {@code before}; their
 * alpha_t is the cumulative product that later papers write ᾱ_t.
 */
final class PndmScheduler implements Scheduler {

  static final String NAME = "PNDMScheduler";

  private static final int ORDER = 4;

  /** Of one, two, three and four model outputs, the newest first. */
  private static final int[][] ADAMS_BASHFORTH = {{1}, {3, -1}, {23, -16, 5}, {55, -59, 37, -9}};

  private final NoiseSchedule schedule;
  private final PredictionType predictionType;
  private final Timesteps timesteps;
  private final float finalAlphaCumprod;
  private final boolean skipPrkSteps;

  PndmScheduler(ConfigFile config) throws DiffusionException {
    schedule = NoiseSchedule.asTrained(config, NoiseSchedule.Defaults.DDPM);
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    if (predictionType == PredictionType.SAMPLE) {
      throw config.unsupported("prediction_type", "epsilon, v_prediction with " + NAME);
    }
    timesteps = Timesteps.from(config, TimestepSpacing.LEADING, schedule.numTrainTimesteps());
    finalAlphaCumprod = config.flag("set_alpha_to_one", false) ? 1 : schedule.alphaCumprod(0);
    skipPrkSteps = config.flag("skip_prk_steps", false);
  }

  @Override
  public Sampling start(SamplingRequest request) throws DiffusionException {
    request.check(NAME, schedule.numTrainTimesteps());
    request.checkOwnTimesteps(NAME);
    int steps = request.steps();
    int stride = schedule.numTrainTimesteps() / steps;
    float[] whole = timesteps.whole(NAME, steps);
    if (skipPrkSteps) {
      return new State(request, new float[0], multistepOnly(whole), stride);
    }
    if (steps < ORDER) {
      throw DiffusionException.permanent(
          "Cannot do %d steps with %s: its Runge-Kutta steps need at least %d; use more, or a scheduler config with skip_prk_steps true"
              .formatted(steps, NAME, ORDER));
    }
    float[] rungeKutta = rungeKutta(whole, stride / 2);
    float[] all = new float[rungeKutta.length + steps - ORDER + 1];
    for (int i = 0; i < all.length; i++) {
      all[i] = i < rungeKutta.length ? rungeKutta[i] : whole[i - rungeKutta.length + ORDER - 1];
    }
    return new State(request, rungeKutta, all, stride);
  }

  /** The second timestep comes twice: its first call corrects the first step. */
  private static float[] multistepOnly(float[] whole) {
    if (whole.length == 1) {
      return whole;
    }
    float[] timesteps = new float[whole.length + 1];
    for (int i = 0; i < timesteps.length; i++) {
      timesteps[i] = whole[i < 2 ? i : i - 1];
    }
    return timesteps;
  }

  /**
   * Of each of the first three steps: its timestep, twice the middle, and the next one's timestep.
   */
  private static float[] rungeKutta(float[] whole, int half) {
    float[] timesteps = new float[4 * (ORDER - 1)];
    for (int i = 0; i < ORDER - 1; i++) {
      timesteps[4 * i] = whole[i];
      timesteps[4 * i + 1] = whole[i + 1] + half;
      timesteps[4 * i + 2] = whole[i + 1] + half;
      timesteps[4 * i + 3] = whole[i + 1];
    }
    return timesteps;
  }

  private float alphaCumprod(int timestep) {
    return timestep >= 0 ? schedule.alphaCumprod(timestep) : finalAlphaCumprod;
  }

  private final class State extends AlphaSampling {

    private final float[] rungeKutta;
    private final int stride;
    private final History outputs = new History(ORDER);
    private float[] start = new float[0];
    private float[] slope = new float[0];
    private int calls;

    State(SamplingRequest request, float[] rungeKutta, float[] timesteps, int stride)
        throws DiffusionException {
      super(schedule, timesteps, request.begin(NAME, timesteps.length, 1));
      this.rungeKutta = rungeKutta;
      this.stride = stride;
    }

    @Override
    void update(float[] modelOutput, float[] sample) {
      if (calls < rungeKutta.length) {
        rungeKuttaStep(modelOutput, sample);
      } else {
        multistep(modelOutput, sample);
      }
      calls++;
    }

    /** One of the four model calls of a step, which all go from the same sample. */
    private void rungeKuttaStep(float[] modelOutput, float[] sample) {
      int timestep = (int) rungeKutta[calls / 4 * 4];
      int before = (int) timestep() - (calls % 2 == 0 ? stride / 2 : 0);
      float[] epsilon = modelOutput;
      switch (calls % 4) {
        case 0 -> {
          outputs.add(modelOutput.clone());
          start = sample.clone();
          slope = new float[sample.length];
          addToSlope((float) (1 / 6.0), modelOutput);
        }
        case 1, 2 -> addToSlope((float) (1 / 3.0), modelOutput);
        default -> {
          addToSlope((float) (1 / 6.0), modelOutput);
          epsilon = slope;
        }
      }
      transfer(start, epsilon, timestep, before, sample);
    }

    private void addToSlope(float weight, float[] modelOutput) {
      for (int i = 0; i < slope.length; i++) {
        slope[i] += weight * modelOutput[i];
      }
    }

    private void multistep(float[] modelOutput, float[] sample) {
      int timestep = (int) timestep();
      if (calls == 1) {
        float[] average = new float[sample.length];
        float[] first = outputs.get(0);
        for (int i = 0; i < average.length; i++) {
          average[i] = (modelOutput[i] + first[i]) / 2;
        }
        transfer(start, average, timestep + stride, timestep, sample);
        return;
      }
      outputs.add(modelOutput.clone());
      if (calls == 0) {
        start = sample.clone();
      }
      transfer(sample, adamsBashforth(), timestep, timestep - stride, sample);
    }

    /** Of as high an order as there are model outputs for. */
    private float[] adamsBashforth() {
      int order = outputs.size();
      float[] sum = new float[outputs.get(0).length];
      for (int ago = 0; ago < order; ago++) {
        float[] output = outputs.get(ago);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += ADAMS_BASHFORTH[order - 1][ago] * output[i];
        }
      }
      for (int i = 0; i < sum.length; i++) {
        sum[i] =
            switch (order) {
              case 1 -> sum[i];
              case 2 -> sum[i] / 2;
              case 3 -> sum[i] / 12;
              default -> (float) (1 / 24.0) * sum[i];
            };
      }
      return sum;
    }

    /** Equation 9: from a sample at a timestep to the one at an earlier timestep. */
    private void transfer(
        float[] sample, float[] modelOutput, int timestep, int before, float[] result) {
      float alpha = alphaCumprod(timestep);
      float alphaBefore = alphaCumprod(before);
      float beta = 1 - alpha;
      float[] epsilon =
          predictionType.epsilons(modelOutput, sample, Numpy.sqrt(alpha), Numpy.sqrt(beta));
      float sampleScale = Numpy.sqrt(alphaBefore / alpha);
      float step = alphaBefore - alpha;
      float divisor = alpha * Numpy.sqrt(1 - alphaBefore) + Numpy.sqrt(alpha * beta * alphaBefore);
      for (int i = 0; i < result.length; i++) {
        result[i] = sampleScale * sample[i] - step * epsilon[i] / divisor;
      }
    }
  }
}
