/** Compares two datasets, row by row. */
@NullMarked
package io.chitra.cli.diff;

import org.jspecify.annotations.NullMarked;
