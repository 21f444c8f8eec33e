package io.chitra.diffusion.scheduler;

/**
 * One picture on its way from noise: the timesteps it has left and what the scheduler remembers of
 * earlier ones. All arithmetic is float32 in the order of diffusers' tensor expressions. All arrays
 * have the latents' size. Not thread-safe.
 */
public interface Sampling {

  /** What standard normal noise is multiplied with before the first step, when all are done. */
  float initNoiseSigma();

  /** Whether every step is done. */
  boolean done();

  /** The timestep of the next step, as the UNet takes it. */
  float timestep();

  /** Writes the next step's model input for this sample. */
  void scaleModelInput(float[] sample, float[] modelInput);

  /** Does one step: changes the sample in place. Draws noise where diffusers does. */
  void step(float[] modelOutput, float[] sample);

  /**
   * Writes a clean sample with as much noise as a sample has before the next step: diffusers'
   * {@code add_noise}, for the start of image-to-image and for inpainting between two steps. Not to
   * be called when done.
   */
  void addNoise(float[] original, float[] noise, float[] noisy);
}
