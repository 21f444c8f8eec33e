/**
 * Stable Diffusion as a library: a request goes in, a picture comes out, bit for bit the same
 * whatever else is rendered beside it.
 *
 * <p>{@link io.chitra.diffusion.Engine} is the way in. The way of a picture: encode the prompts,
 * make noise, denoise it step by step in a batch shared with other pictures, decode the latents.
 */
@NullMarked
package io.chitra.diffusion;

import org.jspecify.annotations.NullMarked;
