package io.chitra.diffusion.onnx;

import org.jspecify.annotations.Nullable;

/**
 * What steers one row of the UNet in every step; what a model does not take is null. Compared by
 * identity, to see that a row holds it already.
 */
public final class Condition {

  private final PromptEmbeds embeds;
  private final float @Nullable [] timeIds;
  private final float @Nullable [] timestepCond;
  private final float @Nullable [] extraChannels;

  /**
   * @param timeIds SDXL's six sizes
   * @param timestepCond the embedding of the guidance scale
   * @param extraChannels what comes after the latents in each row: mask and masked picture's
   *     latents
   */
  public Condition(
      PromptEmbeds embeds,
      float @Nullable [] timeIds,
      float @Nullable [] timestepCond,
      float @Nullable [] extraChannels) {
    this.embeds = embeds;
    this.timeIds = timeIds;
    this.timestepCond = timestepCond;
    this.extraChannels = extraChannels;
  }

  PromptEmbeds embeds() {
    return embeds;
  }

  float @Nullable [] timeIds() {
    return timeIds;
  }

  float @Nullable [] timestepCond() {
    return timestepCond;
  }

  float @Nullable [] extraChannels() {
    return extraChannels;
  }
}
