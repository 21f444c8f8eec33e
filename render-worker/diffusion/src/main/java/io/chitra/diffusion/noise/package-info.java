/** torch.randn on a CPU generator, with the same bits on every machine. */
@NullMarked
package io.chitra.diffusion.noise;

import org.jspecify.annotations.NullMarked;
