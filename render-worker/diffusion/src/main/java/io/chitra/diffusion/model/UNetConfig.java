package io.chitra.diffusion.model;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;

/**
 * What {@code unet/config.json} says.
 *
 * @param inChannels of what it takes: the latents, and for inpainting the mask and the masked
 *     picture's latents
 * @param outChannels of what it predicts: the latents
 * @param sampleHeight of the latents it was trained with
 * @param sampleWidth of the latents it was trained with
 * @param factor what latent sides are a multiple of where they halve evenly at each level
 * @param conditioning what it takes besides latents, timestep and prompt
 * @param guidanceEmbedding the size of the embedding by which a distilled model (LCM) takes the
 *     guidance scale; 0 where the model knows none
 */
public record UNetConfig(
    int inChannels,
    int outChannels,
    int sampleHeight,
    int sampleWidth,
    int factor,
    Conditioning conditioning,
    int guidanceEmbedding) {

  /** What a UNet is conditioned on. */
  public enum Conditioning {
    /** The prompt alone: SD 1.x and 2.x. */
    PROMPT,

    /** The prompt, its pooled embedding, and sizes: SDXL. */
    PROMPT_AND_SIZES
  }

  public static UNetConfig read(ConfigFile config) throws DiffusionException {
    int[] sampleSize = config.integers("sample_size");
    int[] levels = config.integers("block_out_channels");
    return new UNetConfig(
        config.integer("in_channels", 4),
        config.integer("out_channels", 4),
        sampleSize[0],
        sampleSize[sampleSize.length - 1],
        1 << (levels.length - 1),
        conditioning(config),
        config.integer("time_cond_proj_dim", 0));
  }

  private static Conditioning conditioning(ConfigFile config) throws DiffusionException {
    for (String key :
        new String[] {"class_embed_type", "num_class_embeds", "encoder_hid_dim_type"}) {
      if (config.has(key)) {
        throw config.unsupported(key, "null");
      }
    }
    return switch (config.text("addition_embed_type", "")) {
      case "" -> Conditioning.PROMPT;
      case "text_time" -> Conditioning.PROMPT_AND_SIZES;
      default -> throw config.unsupported("addition_embed_type", "null, text_time");
    };
  }
}
