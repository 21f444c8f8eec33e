/** Measures this machine: the whole pipeline, the engine alone, and what they are held against. */
@NullMarked
package io.chitra.embedded.bench;

import org.jspecify.annotations.NullMarked;
