/** Sums over the topics: what was asked for and what has come of it. */
@NullMarked
package io.chitra.cli.status;

import org.jspecify.annotations.NullMarked;
