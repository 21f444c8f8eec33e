package io.chitra.diffusion.model;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.config.ConfigFile;
import org.jspecify.annotations.Nullable;

/**
 * What {@code vae_decoder/config.json} says.
 *
 * @param factor pixels a latent, along a side
 * @param scalingFactor latents of the UNet are the VAE's, times this
 * @param statistics of the latents, by which some SDXL models centre them; null: not told
 */
public record VaeConfig(
    int latentChannels, int factor, float scalingFactor, @Nullable Statistics statistics) {

  /**
   * Of the latents a VAE makes, for each channel.
   *
   * @param mean not to be changed
   * @param std not to be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Statistics(float[] mean, float[] std) {}

  public static VaeConfig read(ConfigFile config) throws DiffusionException {
    int channels = config.integer("latent_channels", 4);
    return new VaeConfig(
        channels,
        1 << (config.integers("block_out_channels").length - 1),
        (float) config.number("scaling_factor", 0.18215),
        statistics(config, channels));
  }

  private static @Nullable Statistics statistics(ConfigFile config, int channels)
      throws DiffusionException {
    double[] mean = config.numbers("latents_mean");
    double[] std = config.numbers("latents_std");
    if (mean == null || std == null) {
      return null;
    }
    for (String key : new String[] {"latents_mean", "latents_std"}) {
      if ((key.equals("latents_mean") ? mean : std).length != channels) {
        throw config.unsupported(
            key, "a number for each of the %d latent channels".formatted(channels));
      }
    }
    return new Statistics(toFloats(mean), toFloats(std));
  }

  private static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** The same without {@link #statistics}, which diffusers' pipelines for SD 1.x and 2.x ignore. */
  public VaeConfig withoutStatistics() {
    return new VaeConfig(latentChannels, factor, scalingFactor, null);
  }

  /** Latents as the encoder gives them to latents as the UNet takes them, in place. */
  public void scale(float[] latents) {
    int plane = latents.length / latentChannels;
    for (int i = 0; i < latents.length; i++) {
      if (statistics == null) {
        latents[i] = scalingFactor * latents[i];
      } else {
        int channel = i / plane;
        latents[i] =
            (latents[i] - statistics.mean[channel]) * scalingFactor / statistics.std[channel];
      }
    }
  }

  /** Latents as the UNet gives them to latents as the decoder takes them. */
  public float[] unscale(float[] latents) {
    int plane = latents.length / latentChannels;
    float[] unscaled = new float[latents.length];
    for (int i = 0; i < latents.length; i++) {
      if (statistics == null) {
        unscaled[i] = latents[i] / scalingFactor;
      } else {
        int channel = i / plane;
        unscaled[i] =
            latents[i] * statistics.std[channel] / scalingFactor + statistics.mean[channel];
      }
    }
    return unscaled;
  }
}
