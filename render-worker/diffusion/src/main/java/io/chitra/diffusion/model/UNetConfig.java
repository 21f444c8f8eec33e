package io.chitra.diffusion.model;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * What {@code unet/config.json} says.
 *
 * @param inChannels of the latents it takes
 * @param sampleHeight of the latents it was trained with
 * @param sampleWidth of the latents it was trained with
 * @param factor what latent sides must be a multiple of, so that they halve evenly at each level
 */
public record UNetConfig(int inChannels, int sampleHeight, int sampleWidth, int factor) {

  public static UNetConfig read(ConfigFile config) throws DiffusionException {
    if (config.has("time_cond_proj_dim")) {
      throw config.unsupported("time_cond_proj_dim", "null");
    }
    int[] sampleSize = config.integers("sample_size");
    int[] levels = config.integers("block_out_channels");
    return new UNetConfig(
        config.integer("in_channels", 4),
        sampleSize[0],
        sampleSize[sampleSize.length - 1],
        1 << (levels.length - 1));
  }
}
