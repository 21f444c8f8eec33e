package io.chitra.diffusion.scheduler;

/**
 * A noise level, in the three ways that solvers in the logarithm of the signal-to-noise ratio need
 * it: Lu et al. (2022), arXiv 2206.00927.
 *
 * @param alpha alpha_t, the picture's part
 * @param sigma sigma_t, the noise's part, with alpha_t² + sigma_t² = 1
 * @param lambda lambda_t = log(alpha_t) - log(sigma_t)
 */
record Level(float alpha, float sigma, float lambda) {

  /**
   * @param sigma the noise's part where the picture's part is 1: sigma_t / alpha_t
   */
  static Level of(float sigma) {
    float alpha = 1 / Numpy.sqrt(sigma * sigma + 1);
    float noise = sigma * alpha;
    return new Level(alpha, noise, Numpy.log(alpha) - Numpy.log(noise));
  }
}
