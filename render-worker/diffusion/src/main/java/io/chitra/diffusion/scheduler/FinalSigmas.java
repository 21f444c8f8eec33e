package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import java.util.Arrays;

/** Where the noise levels end: {@code final_sigmas_type}. */
enum FinalSigmas {
  ZERO,
  SIGMA_MIN;

  static FinalSigmas from(ConfigFile config) throws DiffusionException {
    return config.oneOf("final_sigmas_type", ZERO);
  }

  /** The levels, and the one after the last step. */
  float[] append(double[] levels, float sigmaMin) {
    float[] sigmas = Arrays.copyOf(Numpy.toFloats(levels), levels.length + 1);
    sigmas[levels.length] = this == ZERO ? 0 : sigmaMin;
    return sigmas;
  }
}
