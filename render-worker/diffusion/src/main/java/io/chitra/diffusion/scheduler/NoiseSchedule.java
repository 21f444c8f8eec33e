package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.function.DoubleUnaryOperator;

/**
 * The noise of training: ᾱ_t, the share of the picture that is left at each timestep (Ho et al.,
 * 2020). Float32 as in torch, whose cumulative products run in double. Immutable.
 */
final class NoiseSchedule {

  private enum BetaSchedule {
    LINEAR,
    SCALED_LINEAR,
    SQUAREDCOS_CAP_V2,
    EXP
  }

  /** What a class takes for keys that its config lacks. */
  enum Defaults {
    DDPM(0.0001, 0.02, BetaSchedule.LINEAR),
    HEUN(0.00085, 0.012, BetaSchedule.LINEAR),
    LCM(0.00085, 0.012, BetaSchedule.SCALED_LINEAR);

    private final double betaStart;
    private final double betaEnd;
    private final BetaSchedule betaSchedule;

    Defaults(double betaStart, double betaEnd, BetaSchedule betaSchedule) {
      this.betaStart = betaStart;
      this.betaEnd = betaEnd;
      this.betaSchedule = betaSchedule;
    }
  }

  /**
   * Half precision's smallest number: diffusers' stand-in for ᾱ_T = 0 where sigmas must be finite.
   */
  private static final float ALMOST_ZERO = 0x1p-24f;

  private final float[] alphasCumprod;

  private NoiseSchedule(float[] alphasCumprod) {
    this.alphasCumprod = alphasCumprod;
  }

  /** As trained, whatever {@code rescale_betas_zero_snr} says. */
  static NoiseSchedule asTrained(ConfigFile config, Defaults defaults) throws DiffusionException {
    return new NoiseSchedule(cumulativeProduct(betas(config, defaults)));
  }

  /** With {@code rescale_betas_zero_snr}. */
  static NoiseSchedule from(ConfigFile config, Defaults defaults) throws DiffusionException {
    float[] betas = betas(config, defaults);
    if (config.flag("rescale_betas_zero_snr", false)) {
      rescaleZeroTerminalSnr(betas);
    }
    return new NoiseSchedule(cumulativeProduct(betas));
  }

  /**
   * With {@code rescale_betas_zero_snr}, and then a finite sigma at the last timestep, where the
   * signal-to-noise ratio ends at zero.
   */
  static NoiseSchedule withFiniteSigmas(ConfigFile config) throws DiffusionException {
    NoiseSchedule schedule = from(config, Defaults.DDPM);
    if (config.flag("rescale_betas_zero_snr", false)) {
      schedule.alphasCumprod[schedule.alphasCumprod.length - 1] = ALMOST_ZERO;
    }
    return schedule;
  }

  int numTrainTimesteps() {
    return alphasCumprod.length;
  }

  float alphaCumprod(int timestep) {
    return alphasCumprod[timestep];
  }

  /**
   * sqrt((1 - ᾱ_t) / ᾱ_t) for every timestep: the noise level where the picture's part is scaled to
   * 1.
   */
  float[] sigmas() {
    float[] sigmas = new float[alphasCumprod.length];
    for (int t = 0; t < sigmas.length; t++) {
      sigmas[t] = Numpy.sqrt((1 - alphasCumprod[t]) / alphasCumprod[t]);
    }
    return sigmas;
  }

  private static float[] betas(ConfigFile config, Defaults defaults) throws DiffusionException {
    int count = config.integer("num_train_timesteps", 1000);
    if (count < 2) {
      throw config.unsupported("num_train_timesteps", "2 or more");
    }
    double[] trained = config.numbers("trained_betas");
    if (trained != null) {
      if (trained.length != count) {
        throw config.unsupported("trained_betas", "a list of num_train_timesteps = " + count);
      }
      for (double beta : trained) {
        checkBeta(config, "trained_betas", beta);
      }
      return Numpy.toFloats(trained);
    }
    double start = config.number("beta_start", defaults.betaStart);
    double end = config.number("beta_end", defaults.betaEnd);
    checkBeta(config, "beta_start", start);
    checkBeta(config, "beta_end", end);
    BetaSchedule schedule = config.oneOf("beta_schedule", defaults.betaSchedule);
    return switch (schedule) {
      case LINEAR -> Numpy.torchLinspace((float) start, (float) end, count);
      case SCALED_LINEAR ->
          squares(Numpy.torchLinspace((float) Math.sqrt(start), (float) Math.sqrt(end), count));
      case SQUAREDCOS_CAP_V2 -> betas(NoiseSchedule::squaredCosine, count);
      case EXP -> {
        if (defaults != Defaults.HEUN) {
          throw config.unsupported("beta_schedule", "linear, scaled_linear, squaredcos_cap_v2");
        }
        yield betas(t -> StrictMath.exp(t * -12), count);
      }
    };
  }

  private static void checkBeta(ConfigFile config, String key, double beta)
      throws DiffusionException {
    if (!(beta >= 0 && beta <= 1)) {
      throw config.unsupported(key, "0 to 1");
    }
  }

  private static float[] squares(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= values[i];
    }
    return values;
  }

  /** Betas, at most 0.999, for ᾱ as a function of time from 0 to 1. */
  private static float[] betas(DoubleUnaryOperator alphaBar, int count) {
    float[] betas = new float[count];
    for (int i = 0; i < count; i++) {
      double before = alphaBar.applyAsDouble((double) i / count);
      double after = alphaBar.applyAsDouble((double) (i + 1) / count);
      betas[i] = (float) Math.min(1 - after / before, 0.999);
    }
    return betas;
  }

  /** Equation 17 of Nichol and Dhariwal (2021), arXiv 2102.09672. */
  private static double squaredCosine(double t) {
    double cosine = StrictMath.cos((t + 0.008) / 1.008 * Math.PI / 2);
    return cosine * cosine;
  }

  private static float[] cumulativeProduct(float[] betas) {
    float[] products = new float[betas.length];
    double product = 1;
    for (int t = 0; t < betas.length; t++) {
      product *= 1 - betas[t];
      products[t] = (float) product;
    }
    return products;
  }

  /**
   * Algorithm 1 of Lin et al. (2023), arXiv 2305.08891: shifts and scales sqrt(ᾱ) so that it ends
   * at zero.
   */
  private static void rescaleZeroTerminalSnr(float[] betas) {
    float[] roots = cumulativeProduct(betas);
    for (int t = 0; t < roots.length; t++) {
      roots[t] = Numpy.sqrt(roots[t]);
    }
    float first = roots[0];
    float last = roots[roots.length - 1];
    float scale = first / (first - last);
    float before = 1;
    for (int t = 0; t < roots.length; t++) {
      float root = (roots[t] - last) * scale;
      float alphaBar = root * root;
      betas[t] = 1 - alphaBar / before;
      before = alphaBar;
    }
  }
}
