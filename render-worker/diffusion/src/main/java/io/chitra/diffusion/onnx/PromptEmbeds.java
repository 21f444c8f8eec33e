package io.chitra.diffusion.onnx;

/**
 * A prompt's encoding.
 *
 * @param values tokens x width, not to be changed
 */
@SuppressWarnings(
    "ArrayRecordComponent") // compared by identity, to see that a row holds it already
public record PromptEmbeds(float[] values, int tokens, int width) {}
