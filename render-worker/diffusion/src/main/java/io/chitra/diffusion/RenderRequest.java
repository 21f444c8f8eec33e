package io.chitra.diffusion;

import org.jspecify.annotations.Nullable;

/**
 * One picture to be made, every default filled in; diffusers' words.
 *
 * <p>Values that no model could render are accepted here and refused by {@link Engine#render}, so
 * that there is one place where a request fails.
 *
 * @param microConditioning what SDXL is told about sizes, null: an uncropped picture of the
 *     request's size; other models refuse it
 * @param seed of the noise, 0 to 2^32 - 1
 * @param width in pixels, a multiple of the model's size factor
 * @param height in pixels, a multiple of the model's size factor
 */
public record RenderRequest(
    Task task,
    Prompts prompts,
    SamplerSettings sampler,
    Guidance guidance,
    @Nullable MicroConditioning microConditioning,
    long seed,
    int width,
    int height) {}
