/**
 * Models that look at finished pictures: how well one shows its prompt, what it shows, where it
 * lies in a space of pictures. Folders are as optimum exports models of transformers.
 */
@NullMarked
package io.chitra.diffusion.score;

import org.jspecify.annotations.NullMarked;
