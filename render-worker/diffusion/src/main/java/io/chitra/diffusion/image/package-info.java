/** Decoded latents to 8-bit pixels, and pixels to PNG files. */
@NullMarked
package io.chitra.diffusion.image;

import org.jspecify.annotations.NullMarked;
