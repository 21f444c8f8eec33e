package io.chitra.diffusion.scheduler;

/**
 * A sampling whose samples keep the picture's part as it is: x = x_0 + sigma epsilon, as in Karras
 * et al. (2022), arXiv 2206.00364. The UNet, trained otherwise, sees them scaled.
 */
abstract class SigmaSampling extends SteppedSampling {

  private final float[] sigmas;
  private final float initNoiseSigma;

  /**
   * @param sigmas the noise level at each timestep, and after the last step
   */
  SigmaSampling(float[] timesteps, float[] sigmas, TimestepSpacing spacing, int begin) {
    super(timesteps, begin);
    this.sigmas = sigmas;
    float max = 0;
    for (float sigma : sigmas) {
      max = Math.max(max, sigma);
    }
    this.initNoiseSigma = spacing == TimestepSpacing.LEADING ? Numpy.sqrt(max * max + 1) : max;
  }

  final float sigma(int index) {
    return sigmas[index];
  }

  @Override
  public final float initNoiseSigma() {
    return initNoiseSigma;
  }

  @Override
  public final void scaleModelInput(float[] sample, float[] modelInput) {
    float sigma = sigmas[index()];
    float scale = Numpy.sqrt(sigma * sigma + 1);
    for (int i = 0; i < sample.length; i++) {
      modelInput[i] = sample[i] / scale;
    }
  }

  @Override
  public final void addNoise(float[] original, float[] noise, float[] noisy) {
    float sigma = sigmas[index()];
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] = original[i] + noise[i] * sigma;
    }
  }
}
