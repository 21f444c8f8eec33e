package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * The noise of training: ᾱ_t, the share of the picture that is left at each timestep (Ho et al.,
 * 2020). Float32 as in torch, whose cumulative products run in double. Immutable.
 */
final class NoiseSchedule {

  private enum BetaSchedule {
    LINEAR,
    SCALED_LINEAR,
    SQUAREDCOS_CAP_V2
  }

  /**
   * Half precision's smallest number: diffusers' stand-in for ᾱ_T = 0 where sigmas must be finite.
   */
  private static final float ALMOST_ZERO = 0x1p-24f;

  private final float[] alphasCumprod;

  private NoiseSchedule(float[] alphasCumprod) {
    this.alphasCumprod = alphasCumprod;
  }

  static NoiseSchedule from(ConfigFile config) throws DiffusionException {
    float[] betas = betas(config);
    if (config.flag("rescale_betas_zero_snr", false)) {
      rescaleZeroTerminalSnr(betas);
    }
    return new NoiseSchedule(cumulativeProduct(betas));
  }

  /**
   * The same, with a finite sigma at the last timestep where the signal-to-noise ratio ends at
   * zero.
   */
  static NoiseSchedule withFiniteSigmas(ConfigFile config) throws DiffusionException {
    NoiseSchedule schedule = from(config);
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

  private static float[] betas(ConfigFile config) throws DiffusionException {
    int count = config.integer("num_train_timesteps", 1000);
    if (count < 2) {
      throw config.unsupported("num_train_timesteps", "2 or more");
    }
    double[] trained = config.numbers("trained_betas");
    if (trained != null) {
      if (trained.length != count) {
        throw config.unsupported("trained_betas", "a list of num_train_timesteps = " + count);
      }
      return toFloats(trained);
    }
    double start = config.number("beta_start", 0.0001);
    double end = config.number("beta_end", 0.02);
    return switch (config.oneOf("beta_schedule", BetaSchedule.LINEAR)) {
      case LINEAR -> Numpy.torchLinspace((float) start, (float) end, count);
      case SCALED_LINEAR ->
          squares(Numpy.torchLinspace((float) Math.sqrt(start), (float) Math.sqrt(end), count));
      case SQUAREDCOS_CAP_V2 -> squaredCosine(count);
    };
  }

  private static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static float[] squares(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= values[i];
    }
    return values;
  }

  /** Equation 17 of Nichol and Dhariwal (2021), arXiv 2102.09672, with beta at most 0.999. */
  private static float[] squaredCosine(int count) {
    float[] betas = new float[count];
    for (int i = 0; i < count; i++) {
      double before = alphaBar((double) i / count);
      double after = alphaBar((double) (i + 1) / count);
      betas[i] = (float) Math.min(1 - after / before, 0.999);
    }
    return betas;
  }

  private static double alphaBar(double t) {
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
