package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DPM-Solver++, multistep, of order 1 to 3: Lu et al. (2022), arXiv 2211.01095, algorithm 2 and its
 * like.
 *
 * <p>Their symbols: x_t is {@code sample}, x_theta {@code original} (the predicted clean sample),
 * lambda_t = log(alpha_t / sigma_t), h = lambda_t - lambda_s. A noise level {@code sigma} here is
 * sigma_t / alpha_t, so that alpha_t = 1 / sqrt(sigma² + 1) and sigma_t = sigma alpha_t.
 */
final class DpmSolverMultistepScheduler implements Scheduler {

  /** Below this many steps, low orders at the end keep the solver stable. */
  private static final int FEW_STEPS = 15;

  private final float[] trainingSigmas;
  private final int lastTimestep;
  private final PredictionType predictionType;
  private final TimestepSpacing spacing;
  private final int stepsOffset;
  private final SigmaSpacing sigmaSpacing;
  private final double sigmaMin;
  private final double sigmaMax;
  private final boolean roundedTimesteps;
  private final FinalSigmas finalSigmas;
  private final int solverOrder;
  private final boolean heun;
  private final boolean lowerOrderFinal;
  private final boolean eulerAtFinal;
  private final @Nullable DynamicThresholding thresholding;

  DpmSolverMultistepScheduler(ConfigFile config) throws DiffusionException {
    NoiseSchedule noise = NoiseSchedule.withFiniteSigmas(config);
    trainingSigmas = noise.sigmas();
    lastTimestep =
        lastTimestep(noise, config.number("lambda_min_clipped", Double.NEGATIVE_INFINITY));
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    spacing = config.oneOf("timestep_spacing", TimestepSpacing.LINSPACE);
    stepsOffset = config.integer("steps_offset", 0);
    sigmaSpacing =
        SigmaSpacing.from(config, List.of("use_beta_sigmas", "use_lu_lambdas", "use_flow_sigmas"));
    sigmaMin = config.number("sigma_min", Double.NaN);
    sigmaMax = config.number("sigma_max", Double.NaN);
    roundedTimesteps =
        sigmaSpacing == SigmaSpacing.KARRAS
            && !config.text("beta_schedule", "linear").equals("squaredcos_cap_v2");
    finalSigmas = FinalSigmas.from(config);
    solverOrder = config.integer("solver_order", 2);
    if (solverOrder < 1 || solverOrder > 3) {
      throw config.unsupported("solver_order", "1, 2, 3");
    }
    heun =
        switch (config.text("solver_type", "midpoint")) {
          case "midpoint", "logrho", "bh1", "bh2" -> false;
          case "heun" -> true;
          default -> throw config.unsupported("solver_type", "midpoint, heun");
        };
    if (!config.text("algorithm_type", "dpmsolver++").equals("dpmsolver++")) {
      throw config.unsupported("algorithm_type", "dpmsolver++");
    }
    if (config.has("variance_type")) {
      throw config.unsupported("variance_type", "null");
    }
    lowerOrderFinal = config.flag("lower_order_final", true);
    eulerAtFinal = config.flag("euler_at_final", false);
    thresholding = config.flag("thresholding", false) ? DynamicThresholding.from(config) : null;
  }

  /**
   * The number of timesteps whose lambda is not below the clipped minimum: noisier ones are left
   * out.
   */
  private static int lastTimestep(NoiseSchedule noise, double lambdaMin) {
    int last = noise.numTrainTimesteps();
    while (last > 0 && lambda(noise.alphaCumprod(last - 1)) < (float) lambdaMin) {
      last--;
    }
    return last;
  }

  private static float lambda(float alphaCumprod) {
    return Numpy.log(Numpy.sqrt(alphaCumprod)) - Numpy.log(Numpy.sqrt(1 - alphaCumprod));
  }

  @Override
  public Sampling start(int numInferenceSteps) throws DiffusionException {
    int[] timesteps = timesteps(numInferenceSteps);
    double[] levels;
    if (sigmaSpacing == SigmaSpacing.TIMESTEPS) {
      levels = new double[timesteps.length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = Numpy.interpolate(timesteps[i], trainingSigmas);
      }
    } else {
      double max = Double.isNaN(sigmaMax) ? trainingSigmas[trainingSigmas.length - 1] : sigmaMax;
      double min = Double.isNaN(sigmaMin) ? trainingSigmas[0] : sigmaMin;
      levels = sigmaSpacing.between(max, min, numInferenceSteps);
      double[] fractional = SigmaSpacing.timesteps(levels, trainingSigmas);
      timesteps = new int[fractional.length];
      for (int i = 0; i < timesteps.length; i++) {
        timesteps[i] = (int) (roundedTimesteps ? Math.rint(fractional[i]) : fractional[i]);
      }
    }
    Level[] path = new Level[levels.length + 1];
    for (int i = 0; i < levels.length; i++) {
      path[i] = Level.of((float) levels[i]);
    }
    path[levels.length] = Level.of(finalSigmas.last(trainingSigmas));
    return new State(timesteps, path);
  }

  private int[] timesteps(int steps) throws DiffusionException {
    if (steps > lastTimestep) {
      throw DiffusionException.permanent(
          "Cannot do %d steps with DPMSolverMultistepScheduler: the model has %d timesteps for it"
              .formatted(steps, lastTimestep));
    }
    int[] timesteps =
        switch (spacing) {
          case LINSPACE -> Timesteps.descending(Numpy.linspace(0, lastTimestep - 1, steps + 1));
          case LEADING -> Timesteps.leading(steps + 1, lastTimestep / (steps + 1), stepsOffset);
          case TRAILING -> Timesteps.trailing(lastTimestep, (double) trainingSigmas.length / steps);
        };
    return spacing == TimestepSpacing.TRAILING ? timesteps : Arrays.copyOf(timesteps, steps);
  }

  /** A noise level, in the three ways the formulas need it. */
  private record Level(float alpha, float sigma, float lambda) {

    static Level of(float level) {
      float alpha = 1 / Numpy.sqrt(level * level + 1);
      float sigma = level * alpha;
      return new Level(alpha, sigma, Numpy.log(alpha) - Numpy.log(sigma));
    }
  }

  private final class State implements Sampling {

    private final int[] timesteps;
    private final Level[] path;
    private final Deque<float[]> originals = new ArrayDeque<>(); // newest first
    private int index;

    State(int[] timesteps, Level[] path) {
      this.timesteps = timesteps;
      this.path = path;
    }

    @Override
    public float initNoiseSigma() {
      return 1;
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
      System.arraycopy(sample, 0, modelInput, 0, sample.length);
    }

    @Override
    public void step(float[] modelOutput, float[] sample) {
      remember(modelOutput, sample);
      switch (order()) {
        case 1 -> firstOrder(sample);
        case 2 -> secondOrder(sample);
        default -> thirdOrder(sample);
      }
      index++;
    }

    private int order() {
      int left = timesteps.length - index;
      boolean few = lowerOrderFinal && timesteps.length < FEW_STEPS;
      if (left == 1 && (eulerAtFinal || few || finalSigmas == FinalSigmas.ZERO)) {
        return 1;
      }
      int order = Math.min(solverOrder, originals.size());
      return left == 2 && few ? Math.min(order, 2) : order;
    }

    /** Predicts the clean sample, for this step and the ones after it. */
    private void remember(float[] modelOutput, float[] sample) {
      float[] original =
          originals.size() == solverOrder ? originals.removeLast() : new float[sample.length];
      float alpha = path[index].alpha;
      float sigma = path[index].sigma;
      for (int i = 0; i < sample.length; i++) {
        original[i] =
            switch (predictionType) {
              case EPSILON -> (sample[i] - sigma * modelOutput[i]) / alpha;
              case SAMPLE -> modelOutput[i];
              case V_PREDICTION -> alpha * sample[i] - sigma * modelOutput[i];
            };
      }
      if (thresholding != null) {
        thresholding.apply(original);
      }
      originals.addFirst(original);
    }

    private void firstOrder(float[] sample) {
      Level t = path[index + 1];
      Level s = path[index];
      float h = t.lambda - s.lambda;
      float keep = t.sigma / s.sigma;
      float c0 = t.alpha * (Numpy.exp(-h) - 1);
      float[] m0 = originals.getFirst();
      for (int i = 0; i < sample.length; i++) {
        sample[i] = keep * sample[i] - c0 * m0[i];
      }
    }

    private void secondOrder(float[] sample) {
      Level t = path[index + 1];
      Level s0 = path[index];
      Level s1 = path[index - 1];
      float h = t.lambda - s0.lambda;
      float r0 = (s0.lambda - s1.lambda) / h;
      float keep = t.sigma / s0.sigma;
      float c0 = t.alpha * (Numpy.exp(-h) - 1);
      float c1 = heun ? t.alpha * ((Numpy.exp(-h) - 1) / h + 1) : -0.5f * c0;
      Iterator<float[]> newestFirst = originals.iterator();
      float[] m0 = newestFirst.next();
      float[] m1 = newestFirst.next();
      for (int i = 0; i < sample.length; i++) {
        float d1 = (1 / r0) * (m0[i] - m1[i]);
        sample[i] = keep * sample[i] - c0 * m0[i] + c1 * d1;
      }
    }

    private void thirdOrder(float[] sample) {
      Level t = path[index + 1];
      Level s0 = path[index];
      Level s1 = path[index - 1];
      Level s2 = path[index - 2];
      float h = t.lambda - s0.lambda;
      float r0 = (s0.lambda - s1.lambda) / h;
      float r1 = (s1.lambda - s2.lambda) / h;
      float keep = t.sigma / s0.sigma;
      float expm1 = Numpy.exp(-h) - 1;
      float c0 = t.alpha * expm1;
      float c1 = t.alpha * (expm1 / h + 1);
      float c2 = t.alpha * ((expm1 + h) / (h * h) - 0.5f);
      Iterator<float[]> newestFirst = originals.iterator();
      float[] m0 = newestFirst.next();
      float[] m1 = newestFirst.next();
      float[] m2 = newestFirst.next();
      for (int i = 0; i < sample.length; i++) {
        float d10 = (1 / r0) * (m0[i] - m1[i]);
        float d11 = (1 / r1) * (m1[i] - m2[i]);
        float d1 = d10 + (r0 / (r0 + r1)) * (d10 - d11);
        float d2 = (1 / (r0 + r1)) * (d10 - d11);
        sample[i] = keep * sample[i] - c0 * m0[i] + c1 * d1 - c2 * d2;
      }
    }
  }
}
