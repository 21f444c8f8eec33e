/** A model folder's JSON files, read with messages that name file, key and value. */
@NullMarked
package io.chitra.diffusion.config;

import org.jspecify.annotations.NullMarked;
