/**
 * Pictures: given files to pixels, pixels to the tensors of a model and back, masks and their
 * compositions, and finished pictures to files.
 */
@NullMarked
package io.chitra.diffusion.image;

import org.jspecify.annotations.NullMarked;
