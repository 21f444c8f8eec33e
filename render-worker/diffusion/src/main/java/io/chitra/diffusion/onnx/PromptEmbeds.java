package io.chitra.diffusion.onnx;

import org.jspecify.annotations.Nullable;

/**
 * A prompt's encoding.
 *
 * @param values tokens x width, not to be changed
 * @param pooled one vector for the whole prompt, where the text encoder gives one; not to be
 *     changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PromptEmbeds(float[] values, int tokens, int width, float @Nullable [] pooled) {

  /** The encodings of two text encoders side by side, and the second one's pooled vector. */
  public PromptEmbeds beside(PromptEmbeds second) {
    int both = width + second.width;
    float[] joined = new float[tokens * both];
    for (int token = 0; token < tokens; token++) {
      System.arraycopy(values, token * width, joined, token * both, width);
      System.arraycopy(
          second.values, token * second.width, joined, token * both + width, second.width);
    }
    return new PromptEmbeds(joined, tokens, both, second.pooled);
  }

  /** Zeros of the same size. */
  public PromptEmbeds zeros() {
    return new PromptEmbeds(
        new float[values.length], tokens, width, pooled == null ? null : new float[pooled.length]);
  }
}
