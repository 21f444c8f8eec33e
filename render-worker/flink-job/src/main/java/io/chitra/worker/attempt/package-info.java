/**
 * Pictures that kill the worker: what was in hand when it died is noted, tried alone, and given up
 * when it kills again.
 */
@NullMarked
package io.chitra.worker.attempt;

import org.jspecify.annotations.NullMarked;
