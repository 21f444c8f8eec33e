package io.chitra.diffusion;

import io.chitra.diffusion.scheduler.Sampling;

/**
 * The given picture of an inpainting whose UNet knows no masks: after each step its latents, as
 * noisy as the step has left the others, are put back outside the mask.
 */
final class KnownLatents {

  private final float[] latents;
  private final float[] noise;
  private final float[] mask;

  /**
   * @param latents of the given picture
   * @param noise that the picture started from
   * @param mask 1 where the picture is made new, one value a place
   */
  KnownLatents(float[] latents, float[] noise, float[] mask) {
    this.latents = latents;
    this.noise = noise;
    this.mask = mask;
  }

  /** Puts them into latents that have just done a step. */
  void putBack(float[] stepped, Sampling sampling) {
    float[] proper = latents;
    if (!sampling.done()) {
      proper = new float[latents.length];
      sampling.addNoise(latents, noise, proper);
    }
    for (int i = 0; i < stepped.length; i++) {
      float share = mask[i % mask.length];
      stepped[i] = (1 - share) * proper[i] + share * stepped[i];
    }
  }
}
