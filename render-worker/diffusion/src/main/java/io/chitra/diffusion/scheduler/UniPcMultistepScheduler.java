package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UniPC: Zhao et al. (2023), arXiv 2302.04867. Each model output first corrects the step that led
 * to it (UniC), then predicts the next one (UniP).
 *
 * <p>Their symbols: x_t is {@code sample}; the model's outputs, clean samples or noise, {@code m0}
 * (the newest) and {@code mk}; D_k = m_k - m_0, r_k {@code ratios}, h = lambda_t - lambda_s0, B(h)
 * {@code bh}, phi_k(h) {@code phi}, and the weights a_k of D_k / r_k {@code rhos}.
 */
final class UniPcMultistepScheduler implements Scheduler {

  static final String NAME = "UniPCMultistepScheduler";

  private static final int MAX_ORDER = 9;

  /** {@code solver_type}: B(h) = h or e^h - 1. */
  private enum SolverType {
    BH1,
    BH2
  }

  private final float[] trainingSigmas;
  private final PredictionType predictionType;
  private final Timesteps timesteps;
  private final SigmaSpacing sigmaSpacing;
  private final FinalSigmas finalSigmas;
  private final int solverOrder;
  private final SolverType solverType;
  private final boolean predictX0;
  private final boolean lowerOrderFinal;
  private final int[] disableCorrector;
  private final Clipping clipping;

  UniPcMultistepScheduler(ConfigFile config) throws DiffusionException {
    trainingSigmas = NoiseSchedule.withFiniteSigmas(config).sigmas();
    predictionType = config.oneOf("prediction_type", PredictionType.EPSILON);
    timesteps = Timesteps.from(config, TimestepSpacing.LINSPACE, trainingSigmas.length);
    sigmaSpacing = SigmaSpacing.from(config);
    finalSigmas = FinalSigmas.from(config);
    solverOrder = config.integer("solver_order", 2);
    if (solverOrder < 1 || solverOrder > MAX_ORDER) {
      throw config.unsupported("solver_order", "1 to " + MAX_ORDER);
    }
    solverType =
        switch (config.text("solver_type", "bh2")) {
          case "bh1" -> SolverType.BH1;
          case "bh2", "midpoint", "heun", "logrho" -> SolverType.BH2;
          default -> throw config.unsupported("solver_type", "bh1, bh2");
        };
    predictX0 = config.flag("predict_x0", true);
    lowerOrderFinal = config.flag("lower_order_final", true);
    disableCorrector =
        config.has("disable_corrector") ? config.integers("disable_corrector") : new int[0];
    clipping = Clipping.byThreshold(config);
    refuseFlow(config);
    refuseInfinities(config);
  }

  private static void refuseFlow(ConfigFile config) throws DiffusionException {
    for (String key : List.of("use_flow_sigmas", "use_dynamic_shifting")) {
      if (config.flag(key, false)) {
        throw config.unsupported(key, "false");
      }
    }
    for (String key : List.of("shift_terminal", "solver_p")) {
      if (config.has(key)) {
        throw config.unsupported(key, "null");
      }
    }
  }

  /** At noise level zero h is infinite, which only a step of order 1 with e^h - 1 can do. */
  private void refuseInfinities(ConfigFile config) throws DiffusionException {
    if (finalSigmas == FinalSigmas.ZERO) {
      if (!predictX0) {
        throw config.unsupported("final_sigmas_type", "sigma_min beside predict_x0 false");
      }
      if (solverType == SolverType.BH1) {
        throw config.unsupported("final_sigmas_type", "sigma_min beside solver_type bh1");
      }
      if (solverOrder > 1 && !lowerOrderFinal) {
        throw config.unsupported("final_sigmas_type", "sigma_min beside lower_order_final false");
      }
    }
  }

  @Override
  public Sampling start(SamplingRequest request) throws DiffusionException {
    request.check(NAME, trainingSigmas.length);
    request.checkOwnTimesteps(NAME);
    int steps = request.steps();
    if (sigmaSpacing.isAtTimesteps()) {
      float[] places = timesteps.intervals(steps, trainingSigmas.length);
      double[] levels = Numpy.interpolate(places, trainingSigmas);
      return new State(request, places, finalSigmas.append(levels, trainingSigmas[0]));
    }
    float sigmaMax = trainingSigmas[trainingSigmas.length - 1];
    double[] levels = sigmaSpacing.between(sigmaMax, trainingSigmas[0], steps);
    double[] fractional = SigmaSpacing.timesteps(levels, trainingSigmas);
    float[] places =
        sigmaSpacing.roundsTimesteps() ? Numpy.rounded(fractional) : Numpy.truncated(fractional);
    return new State(request, places, finalSigmas.append(levels, (float) levels[steps - 1]));
  }

  private final class State extends LevelSampling {

    private final History outputs = new History(solverOrder);
    private float[] lastSample = new float[0];
    private int lastOrder;

    State(SamplingRequest request, float[] places, float[] sigmas) throws DiffusionException {
      super(places, sigmas, request.begin(NAME, places.length, 1));
    }

    @Override
    void update(float[] modelOutput, float[] sample) {
      float[] converted = converted(modelOutput, sample);
      if (outputs.size() > 0 && Arrays.stream(disableCorrector).noneMatch(i -> i == index() - 1)) {
        advance(index() - 1, lastOrder, lastSample, converted, sample);
      }
      outputs.add(converted);
      lastSample = sample.clone();
      lastOrder = lowerOrderFinal ? Math.min(outputs.size(), length() - index()) : outputs.size();
      advance(index(), lastOrder, lastSample, null, sample);
    }

    /** The clean samples or the noise that the model predicts. */
    private float[] converted(float[] modelOutput, float[] sample) {
      float alpha = level(index()).alpha();
      float sigma = level(index()).sigma();
      if (!predictX0) {
        return predictionType.epsilons(modelOutput, sample, alpha, sigma);
      }
      float[] original = predictionType.originals(modelOutput, sample, alpha, sigma);
      clipping.apply(original);
      return original;
    }

    /**
     * A step from a level to the next one: UniC where the model's output there is known, else UniP.
     *
     * @param from index of the level where the step starts
     * @param start the sample there
     * @param target the model's output at the level where it ends; null when predicting
     * @param result takes the sample where it ends
     */
    private void advance(
        int from, int order, float[] start, float @Nullable [] target, float[] result) {
      Level t = level(from + 1);
      Level s0 = level(from);
      float h = t.lambda() - s0.lambda();
      float hh = predictX0 ? -h : h;
      float phi1 = Numpy.expm1(hh);
      float bh = solverType == SolverType.BH1 ? hh : phi1;
      float[] ratios = new float[order];
      for (int k = 1; k < order; k++) {
        ratios[k - 1] = (level(from - k).lambda() - s0.lambda()) / h;
      }
      ratios[order - 1] = 1;
      float[] rhos = rhos(ratios, hh, bh, target == null ? order - 1 : order);

      float[] m0 = outputs.get(0);
      float[] correction = new float[result.length];
      for (int k = 1; k < order; k++) {
        float[] mk = outputs.get(k);
        for (int i = 0; i < correction.length; i++) {
          correction[i] += rhos[k - 1] * ((mk[i] - m0[i]) / ratios[k - 1]);
        }
      }
      if (target != null) {
        for (int i = 0; i < correction.length; i++) {
          correction[i] += rhos[order - 1] * (target[i] - m0[i]);
        }
      }
      float keep = predictX0 ? t.sigma() / s0.sigma() : t.alpha() / s0.alpha();
      float scale = predictX0 ? t.alpha() : t.sigma();
      for (int i = 0; i < result.length; i++) {
        result[i] = keep * start[i] - scale * phi1 * m0[i] - scale * bh * correction[i];
      }
    }

    /** The solution a of R_p(h) a = phi_p(h) / B(h), where each row is a power of the ratios. */
    private float[] rhos(float[] ratios, float hh, float bh, int count) {
      if (count == 1) {
        return new float[] {0.5f};
      }
      float[][] r = new float[count][count];
      float[] b = new float[count];
      float phi = Numpy.expm1(hh) / hh - 1;
      int factorial = 1;
      for (int row = 0; row < count; row++) {
        for (int k = 0; k < count; k++) {
          r[row][k] = row == 0 ? 1 : r[row - 1][k] * ratios[k];
        }
        b[row] = phi * factorial / bh;
        factorial *= row + 2;
        phi = phi / hh - (float) (1.0 / factorial);
      }
      return Numpy.solve(r, b);
    }
  }
}
