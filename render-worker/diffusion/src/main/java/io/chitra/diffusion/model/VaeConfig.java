package io.chitra.diffusion.model;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * What {@code vae_decoder/config.json} says.
 *
 * @param factor pixels a latent, along a side
 * @param scalingFactor latents are divided by it before they are decoded
 * @param shiftFactor added to them after that
 */
public record VaeConfig(int latentChannels, int factor, float scalingFactor, float shiftFactor) {

  public static VaeConfig read(ConfigFile config) throws DiffusionException {
    return new VaeConfig(
        config.integer("latent_channels", 4),
        1 << (config.integers("block_out_channels").length - 1),
        (float) config.number("scaling_factor", 0.18215),
        (float) config.number("shift_factor", 0));
  }

  /** Latents as the decoder takes them. */
  public float[] unscale(float[] latents) {
    float[] unscaled = new float[latents.length];
    for (int i = 0; i < latents.length; i++) {
      unscaled[i] = latents[i] / scalingFactor + shiftFactor;
    }
    return unscaled;
  }
}
