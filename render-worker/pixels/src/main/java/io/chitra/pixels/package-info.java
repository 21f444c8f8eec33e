/** Arithmetic on 8-bit pixels, as Pillow does it. Knows no files and no models. */
@NullMarked
package io.chitra.pixels;

import org.jspecify.annotations.NullMarked;
