package io.chitra.diffusion;

import org.jspecify.annotations.Nullable;

/**
 * One picture to be made from text, every default filled in; diffusers' words.
 *
 * <p>Values that no model could render are accepted here and refused by {@link Engine#render}, so
 * that there is one place where a request fails.
 *
 * @param negativePrompt null works as the empty text
 * @param guidanceScale classifier-free guidance; none at 1 and below
 * @param scheduler diffusers' class name, as {@code EulerDiscreteScheduler}
 * @param seed of the noise, 0 to 2^32 - 1
 * @param width in pixels, a multiple of the model's size factor
 * @param height in pixels, a multiple of the model's size factor
 */
public record TextToImage(
    String prompt,
    @Nullable String negativePrompt,
    int numInferenceSteps,
    double guidanceScale,
    String scheduler,
    long seed,
    int width,
    int height) {}
