package io.chitra.diffusion.scheduler;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/** Where the noise levels end: {@code final_sigmas_type}. */
enum FinalSigmas {
  ZERO,
  SIGMA_MIN;

  static FinalSigmas from(ConfigFile config) throws DiffusionException {
    return config.oneOf("final_sigmas_type", ZERO);
  }

  /** The level after the last step, given those of training. */
  float last(float[] trainingSigmas) {
    return this == ZERO ? 0 : trainingSigmas[0];
  }
}
