package io.chitra.diffusion.tokenizer;

import org.jspecify.annotations.Nullable;

/**
 * A prompt as the text encoder takes it.
 *
 * @param inputIds as many as the text encoder has places
 * @param length how many of them are the prompt's, start and end included; the others pad
 * @param truncated the end of the prompt that found no place, null when all of it did
 */
@SuppressWarnings("ArrayRecordComponent") // goes straight into a tensor
public record Tokens(long[] inputIds, int length, @Nullable String truncated) {}
