package io.chitra.diffusion.scheduler;

/**
 * A sampling whose samples are those of training: x_t = sqrt(ᾱ_t) x_0 + sqrt(1 - ᾱ_t) epsilon, at
 * whole timesteps.
 */
abstract class AlphaSampling extends SteppedSampling {

  private final NoiseSchedule schedule;

  AlphaSampling(NoiseSchedule schedule, float[] timesteps, int begin) {
    super(timesteps, begin);
    this.schedule = schedule;
  }

  @Override
  public final void addNoise(float[] original, float[] noise, float[] noisy) {
    addNoise((int) timestep(), original, noise, noisy);
  }

  /** Writes clean samples with the noise of a timestep. */
  final void addNoise(int timestep, float[] original, float[] noise, float[] noisy) {
    float alpha = schedule.alphaCumprod(timestep);
    float sqrtAlpha = Numpy.sqrt(alpha);
    float sqrtBeta = Numpy.sqrt(1 - alpha);
    for (int i = 0; i < noisy.length; i++) {
      noisy[i] = sqrtAlpha * original[i] + sqrtBeta * noise[i];
    }
  }
}
