/** The small Stable Diffusion model that ships with Chitra. */
@NullMarked
package io.chitra.starter;

import org.jspecify.annotations.NullMarked;
