package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How noise levels lie between the first and the last one: {@code use_karras_sigmas} and its like.
 *
 * @param kind one of the ways
 * @param sigmaMin the last level; null for training's, or the last timestep's
 * @param sigmaMax the first level; null likewise
 */
record SigmaSpacing(Kind kind, @Nullable Double sigmaMin, @Nullable Double sigmaMax) {

  private static final double RHO = 7;

  private enum Kind {
    /** At the timesteps, as in training. */
    TIMESTEPS("timestep_spacing"),
    /** Equation 5 of Karras et al. (2022), arXiv 2206.00364, with rho 7. */
    KARRAS("use_karras_sigmas"),
    /** Even in lambda: Lu et al. (2022), arXiv 2206.00927. */
    LU("use_lu_lambdas"),
    /** Even in the logarithm. */
    EXPONENTIAL("use_exponential_sigmas"),
    /** At quantiles of a beta distribution: Lee et al. (2024), arXiv 2407.12173. */
    BETA("use_beta_sigmas");

    private final String key;

    Kind(String key) {
      this.key = key;
    }
  }

  static SigmaSpacing from(ConfigFile config) throws DiffusionException {
    Kind kind = Kind.TIMESTEPS;
    for (Kind other : List.of(Kind.KARRAS, Kind.EXPONENTIAL, Kind.BETA)) {
      if (config.flag(other.key, false)) {
        if (kind != Kind.TIMESTEPS) {
          throw config.unsupported(other.key, "false beside " + kind.key);
        }
        kind = other;
      }
    }
    return new SigmaSpacing(kind, level(config, "sigma_min"), level(config, "sigma_max"));
  }

  /** The same for a scheduler that also has {@code use_lu_lambdas}, which only Karras overrides. */
  static SigmaSpacing withLuLambdas(ConfigFile config) throws DiffusionException {
    SigmaSpacing spacing = from(config);
    return spacing.kind != Kind.KARRAS && config.flag(Kind.LU.key, false)
        ? new SigmaSpacing(Kind.LU, null, null)
        : spacing;
  }

  private static @Nullable Double level(ConfigFile config, String key) throws DiffusionException {
    if (!config.has(key)) {
      return null;
    }
    double level = config.number(key, 0);
    if (!(level > 0 && level < Double.POSITIVE_INFINITY)) {
      throw config.unsupported(key, "a number above 0");
    }
    return level;
  }

  boolean isAtTimesteps() {
    return kind == Kind.TIMESTEPS;
  }

  /** Whether solvers with whole timesteps round them; otherwise they cut them. */
  boolean roundsTimesteps() {
    return kind == Kind.KARRAS || kind == Kind.LU;
  }

  /** Refuses custom timesteps where the timesteps follow from the levels. */
  void check(SamplingRequest request, String scheduler) throws DiffusionException {
    if (!isAtTimesteps() && !request.timesteps().isEmpty()) {
      throw DiffusionException.permanent(
          "Cannot use timesteps with %s: its scheduler config has %s; give num_inference_steps instead"
              .formatted(scheduler, kind.key));
    }
  }

  /**
   * {@code count} levels from the first down to the last one.
   *
   * @param first used where the config has no {@code sigma_max}
   * @param last used where the config has no {@code sigma_min}
   */
  double[] between(double first, double last, int count) {
    double max = sigmaMax == null ? first : sigmaMax;
    double min = sigmaMin == null ? last : sigmaMin;
    return switch (kind) {
      case TIMESTEPS -> throw new IllegalStateException("Levels at timesteps follow from them");
      case KARRAS -> karras(max, min, count);
      case LU -> exp(evenly(Numpy.log((float) max), Numpy.log((float) min), count));
      case EXPONENTIAL -> exp(Numpy.linspace(StrictMath.log(max), StrictMath.log(min), count));
      case BETA -> beta(max, min, count);
    };
  }

  private static double[] karras(double max, double min, int count) {
    double[] sigmas = evenly(StrictMath.pow(max, 1 / RHO), StrictMath.pow(min, 1 / RHO), count);
    for (int i = 0; i < count; i++) {
      sigmas[i] = StrictMath.pow(sigmas[i], RHO);
    }
    return sigmas;
  }

  private static double[] beta(double max, double min, int count) {
    double[] ramp = Numpy.linspace(0, 1, count);
    double[] sigmas = new double[count];
    for (int i = 0; i < count; i++) {
      sigmas[i] = min + BetaDistribution.quantile(1 - ramp[i]) * (max - min);
    }
    return sigmas;
  }

  private static double[] evenly(double first, double last, int count) {
    double[] values = Numpy.linspace(0, 1, count);
    for (int i = 0; i < count; i++) {
      values[i] = first + values[i] * (last - first);
    }
    return values;
  }

  private static double[] exp(double[] logs) {
    for (int i = 0; i < logs.length; i++) {
      logs[i] = StrictMath.exp(logs[i]);
    }
    return logs;
  }

  /**
   * The timesteps, fractional, at which training had these levels: diffusers' {@code _sigma_to_t}.
   */
  static double[] timesteps(double[] sigmas, float[] trainingSigmas) {
    float[] logs = new float[trainingSigmas.length];
    for (int t = 0; t < logs.length; t++) {
      logs[t] = Numpy.log(trainingSigmas[t]);
    }
    double[] timesteps = new double[sigmas.length];
    for (int i = 0; i < sigmas.length; i++) {
      double log = StrictMath.log(Math.max(sigmas[i], 1e-10));
      int low = logs.length - 1;
      while (low > 0 && logs[low] > log) {
        low--;
      }
      low = Math.min(low, logs.length - 2);
      double weight = (logs[low] - log) / (logs[low] - logs[low + 1]);
      weight = Math.min(Math.max(weight, 0), 1);
      timesteps[i] = (1 - weight) * low + weight * (low + 1);
    }
    return timesteps;
  }
}
