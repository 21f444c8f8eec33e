/** Times of the engine's parts, each on its own, by JMH. */
@NullMarked
package io.chitra.benchmarks;

import org.jspecify.annotations.NullMarked;
