/** From a task to a picture: the model by its digest, the engine, the file that is stored. */
@NullMarked
package io.chitra.worker.render;

import org.jspecify.annotations.NullMarked;
