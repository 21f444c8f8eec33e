/** diffusers' schedulers: one file each, an immutable config and a state for each picture. */
@NullMarked
package io.chitra.diffusion.scheduler;

import org.jspecify.annotations.NullMarked;
