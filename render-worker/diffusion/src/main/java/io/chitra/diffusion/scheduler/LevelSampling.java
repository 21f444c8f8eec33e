package io.chitra.diffusion.scheduler;

/** A sampling along noise levels: x_t = alpha_t x_0 + sigma_t epsilon. */
abstract class LevelSampling extends SteppedSampling {

  private final Level[] path;

  /**
   * @param sigmas the noise level at each timestep, and after the last step
   */
  LevelSampling(float[] timesteps, float[] sigmas, int begin) {
    super(timesteps, begin);
    path = new Level[sigmas.length];
    for (int i = 0; i < path.length; i++) {
      path[i] = Level.of(sigmas[i]);
    }
  }

  final Level level(int index) {
    return path[index];
  }

  @Override
  public final void addNoise(float[] original, float[] noise, float[] noisy) {
    Level level = path[index()];
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] = level.alpha() * original[i] + level.sigma() * noise[i];
    }
  }
}
