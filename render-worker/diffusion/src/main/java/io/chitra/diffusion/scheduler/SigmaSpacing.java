package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.List;

/**
 * How noise levels lie between the first and the last one: {@code use_karras_sigmas} and its like.
 */
enum SigmaSpacing {
  /** At the timesteps, as in training. */
  TIMESTEPS,
  /** Equation 5 of Karras et al. (2022), arXiv 2206.00364, with rho 7. */
  KARRAS,
  /** Even in the logarithm. */
  EXPONENTIAL;

  private static final double RHO = 7;

  static SigmaSpacing from(ConfigFile config, List<String> refused) throws DiffusionException {
    for (String key : refused) {
      if (config.flag(key, false)) {
        throw config.unsupported(key, "false");
      }
    }
    boolean karras = config.flag("use_karras_sigmas", false);
    boolean exponential = config.flag("use_exponential_sigmas", false);
    if (karras && exponential) {
      throw config.unsupported("use_exponential_sigmas", "false beside use_karras_sigmas");
    }
    return karras ? KARRAS : exponential ? EXPONENTIAL : TIMESTEPS;
  }

  /** {@code count} levels from {@code max} down to {@code min}. */
  double[] between(double max, double min, int count) {
    double[] ramp = Numpy.linspace(0, 1, count);
    double[] sigmas = new double[count];
    if (this == KARRAS) {
      double maxRoot = StrictMath.pow(max, 1 / RHO);
      double minRoot = StrictMath.pow(min, 1 / RHO);
      for (int i = 0; i < count; i++) {
        sigmas[i] = StrictMath.pow(maxRoot + ramp[i] * (minRoot - maxRoot), RHO);
      }
    } else {
      double[] logs = Numpy.linspace(StrictMath.log(max), StrictMath.log(min), count);
      for (int i = 0; i < count; i++) {
        sigmas[i] = StrictMath.exp(logs[i]);
      }
    }
    return sigmas;
  }

  /**
   * The timesteps, fractional, at which training had these levels: diffusers' {@code _sigma_to_t}.
   */
  static double[] timesteps(double[] sigmas, float[] trainingSigmas) {
    float[] logs = new float[trainingSigmas.length];
    for (int t = 0; t < logs.length; t++) {
      logs[t] = (float) StrictMath.log(trainingSigmas[t]);
    }
    double[] timesteps = new double[sigmas.length];
    for (int i = 0; i < sigmas.length; i++) {
      double log = StrictMath.log(Math.max(sigmas[i], 1e-10));
      int low = 0;
      for (int t = 1; t < logs.length - 1 && logs[t] <= log; t++) {
        low = t;
      }
      double weight = (logs[low] - log) / (logs[low] - logs[low + 1]);
      weight = Math.min(Math.max(weight, 0), 1);
      timesteps[i] = (1 - weight) * low + weight * (low + 1);
    }
    return timesteps;
  }
}
