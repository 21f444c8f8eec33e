package io.chitra.diffusion.scheduler;

/**
 * One picture on its way from noise: the timesteps it has left and what the scheduler remembers of
 * earlier ones. All arithmetic is float32 in the order of diffusers' tensor expressions. Not
 * thread-safe.
 */
public interface Sampling {

  /** What standard normal noise is multiplied with before the first step. */
  float initNoiseSigma();

  /** Whether every step is done. */
  boolean done();

  /** The timestep of the next step, as the UNet takes it. */
  float timestep();

  /** Writes the next step's model input for this sample; both have the latents' size. */
  void scaleModelInput(float[] sample, float[] modelInput);

  /** Does one step: changes the sample in place. */
  void step(float[] modelOutput, float[] sample);
}
