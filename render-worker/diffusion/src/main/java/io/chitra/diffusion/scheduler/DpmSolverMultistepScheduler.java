package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * DPM-Solver and DPM-Solver++, multistep, of order 1 to 3, and their stochastic forms: Lu et al.
 * (2022), arXiv 2206.00927 and 2211.01095.
 *
 * <p>Their symbols: x_t is {@code sample}; what each step extrapolates, the clean sample x_theta
 * (++) or the noise epsilon_theta, {@code m0} to {@code m2}, newest first, and its divided
 * differences D_1 and D_2 {@code d1} and {@code d2}; h = lambda_t - lambda_s0.
 */
final class DpmSolverMultistepScheduler implements Scheduler {

  static final String NAME = "DPMSolverMultistepScheduler";

  /** Below this many steps, low orders at the end keep the solver stable. */
  private static final int FEW_STEPS = 15;

  private final float[] trainingSigmas;
  private final int lastTimestep;
  private final PredictionType predictionType;
  private final Timesteps timesteps;
  private final SigmaSpacing sigmaSpacing;
  private final boolean roundedTimesteps;
  private final FinalSigmas finalSigmas;
  private final Algorithm algorithm;
  private final int solverOrder;
  private final boolean heun;
  private final boolean lowerOrderFinal;
  private final boolean eulerAtFinal;
  private final Clipping clipping;

  DpmSolverMultistepScheduler(ConfigFile config) throws DiffusionException {
    this(config, Algorithm.from(config));
  }

  /** With {@code algorithm_type="sde-dpmsolver++"}, whatever the config says. */
  static DpmSolverMultistepScheduler sde(ConfigFile config) throws DiffusionException {
    return new DpmSolverMultistepScheduler(config, Algorithm.SDE_DPMSOLVER_PP);
  }

  private DpmSolverMultistepScheduler(ConfigFile config, Algorithm algorithm)
      throws DiffusionException {
    this.algorithm = algorithm;
    NoiseSchedule noise = NoiseSchedule.withFiniteSigmas(config);
    trainingSigmas = noise.sigmas();
    lastTimestep =
        lastTimestep(noise, config.number("lambda_min_clipped", Double.NEGATIVE_INFINITY));
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    timesteps = Timesteps.from(config, TimestepSpacing.LINSPACE, trainingSigmas.length);
    sigmaSpacing = SigmaSpacing.withLuLambdas(config);
    if (config.flag("use_flow_sigmas", false)) {
      throw config.unsupported("use_flow_sigmas", "false");
    }
    roundedTimesteps =
        sigmaSpacing.roundsTimesteps()
            && !config.text("beta_schedule", "linear").equals("squaredcos_cap_v2");
    finalSigmas = FinalSigmas.from(config);
    if (finalSigmas == FinalSigmas.ZERO && !algorithm.predictsOriginal()) {
      throw config.unsupported("final_sigmas_type", "sigma_min with this algorithm_type");
    }
    solverOrder = config.integer("solver_order", 2);
    if (solverOrder < 1 || solverOrder > (algorithm == Algorithm.SDE_DPMSOLVER ? 2 : 3)) {
      throw config.unsupported("solver_order", "1, 2 and, unless with sde-dpmsolver, 3");
    }
    heun =
        switch (config.text("solver_type", "midpoint")) {
          case "midpoint", "logrho", "bh1", "bh2" -> false;
          case "heun" -> true;
          default -> throw config.unsupported("solver_type", "midpoint, heun");
        };
    if (config.text("variance_type", "").startsWith("learned")
        && predictionType == PredictionType.EPSILON) {
      throw config.unsupported("variance_type", "null");
    }
    lowerOrderFinal = config.flag("lower_order_final", true);
    eulerAtFinal = config.flag("euler_at_final", false);
    clipping = Clipping.byThreshold(config);
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
  public Sampling start(SamplingRequest request) throws DiffusionException {
    request.check(NAME, trainingSigmas.length);
    sigmaSpacing.check(request, NAME);
    if (request.timesteps().isEmpty() && request.steps() > lastTimestep) {
      throw DiffusionException.permanent(
          "Cannot do %d steps with %s: lambda_min_clipped leaves %d timesteps"
              .formatted(request.steps(), NAME, lastTimestep));
    }
    float[] places =
        request.timesteps().isEmpty()
            ? timesteps.intervals(request.steps(), lastTimestep)
            : request.customTimesteps();
    double[] levels;
    if (sigmaSpacing.isAtTimesteps()) {
      levels = Numpy.interpolate(places, trainingSigmas);
    } else {
      float sigmaMax = trainingSigmas[trainingSigmas.length - 1];
      levels = sigmaSpacing.between(sigmaMax, trainingSigmas[0], request.steps());
      double[] fractional = SigmaSpacing.timesteps(levels, trainingSigmas);
      places = roundedTimesteps ? Numpy.rounded(fractional) : Numpy.truncated(fractional);
    }
    return new State(request, places, finalSigmas.append(levels, trainingSigmas[0]));
  }

  /** {@code algorithm_type}. */
  private enum Algorithm {
    DPMSOLVER,
    DPMSOLVER_PP,
    SDE_DPMSOLVER,
    SDE_DPMSOLVER_PP;

    static Algorithm from(ConfigFile config) throws DiffusionException {
      return switch (config.text("algorithm_type", "dpmsolver++")) {
        case "dpmsolver" -> DPMSOLVER;
        case "dpmsolver++" -> DPMSOLVER_PP;
        case "sde-dpmsolver" -> SDE_DPMSOLVER;
        case "sde-dpmsolver++" -> SDE_DPMSOLVER_PP;
        default ->
            throw config.unsupported(
                "algorithm_type", "dpmsolver, dpmsolver++, sde-dpmsolver, sde-dpmsolver++");
      };
    }

    boolean predictsOriginal() {
      return this == DPMSOLVER_PP || this == SDE_DPMSOLVER_PP;
    }

    boolean drawsNoise() {
      return this == SDE_DPMSOLVER || this == SDE_DPMSOLVER_PP;
    }

    /** The exponential integrator's weights for a step from level s to level t. */
    Weights weights(Level t, Level s) {
      float h = t.lambda() - s.lambda();
      return switch (this) {
        case DPMSOLVER -> {
          float e = Numpy.exp(h) - 1;
          yield new Weights(
              t.alpha() / s.alpha(),
              -(t.sigma() * e),
              -(0.5f * (t.sigma() * e)),
              -(t.sigma() * (e / h - 1)),
              -(t.sigma() * ((e - h) / (h * h) - 0.5f)),
              0);
        }
        case DPMSOLVER_PP -> {
          float e = Numpy.exp(-h) - 1;
          yield new Weights(
              t.sigma() / s.sigma(),
              -(t.alpha() * e),
              -(0.5f * (t.alpha() * e)),
              t.alpha() * (e / h + 1),
              -(t.alpha() * ((e + h) / (h * h) - 0.5f)),
              0);
        }
        case SDE_DPMSOLVER -> {
          float e = Numpy.exp(h) - 1;
          yield new Weights(
              t.alpha() / s.alpha(),
              -(2 * (t.sigma() * e)),
              -(t.sigma() * e),
              -(2 * (t.sigma() * (e / h - 1))),
              0,
              t.sigma() * Numpy.sqrt(Numpy.exp(2 * h) - 1));
        }
        case SDE_DPMSOLVER_PP -> {
          float e = 1 - Numpy.exp(-2 * h);
          yield new Weights(
              t.sigma() / s.sigma() * Numpy.exp(-h),
              t.alpha() * e,
              0.5f * (t.alpha() * e),
              t.alpha() * (e / (-2 * h) + 1),
              t.alpha() * ((e - 2 * h) / (2 * h * (2 * h)) - 0.5f),
              t.sigma() * Numpy.sqrt(e));
        }
      };
    }
  }

  /**
   * What the next sample is a sum of.
   *
   * @param d1Midpoint for D_1 in a step of order 2 with {@code solver_type} midpoint
   * @param d1 for D_1 otherwise
   */
  private record Weights(
      float sample, float m0, float d1Midpoint, float d1, float d2, float noise) {}

  private final class State extends LevelSampling {

    private final Noise noise;
    private final History outputs = new History(solverOrder);

    State(SamplingRequest request, float[] places, float[] sigmas) throws DiffusionException {
      super(places, sigmas, request.begin(NAME, places.length, 1));
      noise = request.noise();
    }

    @Override
    void update(float[] modelOutput, float[] sample) {
      outputs.add(converted(modelOutput, sample));
      Weights weights = algorithm.weights(level(index() + 1), level(index()));
      float[] fresh = algorithm.drawsNoise() ? noise.randn(sample.length) : new float[0];
      float[] m0 = outputs.get(0);
      for (int i = 0; i < sample.length; i++) {
        sample[i] = weights.sample * sample[i] + weights.m0 * m0[i];
      }
      switch (order()) {
        case 1 -> {}
        case 2 -> addSecondOrder(heun ? weights.d1 : weights.d1Midpoint, sample);
        default -> addThirdOrder(weights, sample);
      }
      for (int i = 0; i < fresh.length; i++) {
        sample[i] += weights.noise * fresh[i];
      }
    }

    private int order() {
      int left = length() - index();
      boolean few = lowerOrderFinal && length() < FEW_STEPS;
      if (left == 1 && (eulerAtFinal || few || finalSigmas == FinalSigmas.ZERO)) {
        return 1;
      }
      return left == 2 && few ? Math.min(outputs.size(), 2) : outputs.size();
    }

    /** The clean samples or the noise that the model predicts, whichever the algorithm is about. */
    private float[] converted(float[] modelOutput, float[] sample) {
      float alpha = level(index()).alpha();
      float sigma = level(index()).sigma();
      if (algorithm.predictsOriginal()) {
        float[] original = predictionType.originals(modelOutput, sample, alpha, sigma);
        clipping.apply(original);
        return original;
      }
      float[] epsilon = predictionType.epsilons(modelOutput, sample, alpha, sigma);
      if (clipping == Clipping.NONE) {
        return epsilon;
      }
      float[] original = PredictionType.EPSILON.originals(epsilon, sample, alpha, sigma);
      clipping.apply(original);
      return PredictionType.SAMPLE.epsilons(original, sample, alpha, sigma);
    }

    private void addSecondOrder(float weight, float[] sample) {
      float h = stepTo(1);
      float r0 = stepTo(0) / h;
      float[] m0 = outputs.get(0);
      float[] m1 = outputs.get(1);
      for (int i = 0; i < sample.length; i++) {
        float d1 = 1 / r0 * (m0[i] - m1[i]);
        sample[i] += weight * d1;
      }
    }

    private void addThirdOrder(Weights weights, float[] sample) {
      float h = stepTo(1);
      float r0 = stepTo(0) / h;
      float r1 = stepTo(-1) / h;
      float[] m0 = outputs.get(0);
      float[] m1 = outputs.get(1);
      float[] m2 = outputs.get(2);
      for (int i = 0; i < sample.length; i++) {
        float d10 = 1 / r0 * (m0[i] - m1[i]);
        float d11 = 1 / r1 * (m1[i] - m2[i]);
        float d1 = d10 + r0 / (r0 + r1) * (d10 - d11);
        float d2 = 1 / (r0 + r1) * (d10 - d11);
        sample[i] = sample[i] + weights.d1 * d1 + weights.d2 * d2;
      }
    }

    /** How far lambda went in the step that ended so many levels after the current one. */
    private float stepTo(int after) {
      return level(index() + after).lambda() - level(index() + after - 1).lambda();
    }
  }
}
