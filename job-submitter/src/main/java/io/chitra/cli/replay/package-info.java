/** Asks again for what was asked for before, from the records of the jobs themselves. */
@NullMarked
package io.chitra.cli.replay;

import org.jspecify.annotations.NullMarked;
