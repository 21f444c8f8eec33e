/** What a model's config files and graphs say about it. */
@NullMarked
package io.chitra.diffusion.model;

import org.jspecify.annotations.NullMarked;
