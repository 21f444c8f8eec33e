package io.chitra.diffusion;

import org.jspecify.annotations.Nullable;

/**
 * What to draw and what not. Any length is taken; what a text encoder has no place for is cut off.
 *
 * @param negativePrompt null and empty are the same, save for models that are trained with zeros in
 *     place of a missing prompt (SDXL's {@code force_zeros_for_empty_prompt})
 * @param prompt2 for the second text encoder of SDXL; null and empty: the first one's
 * @param negativePrompt2 likewise
 */
public record Prompts(
    String prompt,
    @Nullable String negativePrompt,
    @Nullable String prompt2,
    @Nullable String negativePrompt2) {

  /** The same prompts for all text encoders. */
  public static Prompts of(String prompt, @Nullable String negativePrompt) {
    return new Prompts(prompt, negativePrompt, null, null);
  }
}
