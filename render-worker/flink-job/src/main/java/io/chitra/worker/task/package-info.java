/** The value types that the worker's stages hand to each other; they know no stage. */
@NullMarked
package io.chitra.worker.task;

import org.jspecify.annotations.NullMarked;
