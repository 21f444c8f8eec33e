/** Looks at pictures for the quality gates. */
@NullMarked
package io.chitra.worker.look;

import org.jspecify.annotations.NullMarked;
