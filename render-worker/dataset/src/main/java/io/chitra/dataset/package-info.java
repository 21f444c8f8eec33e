/** Datasets as they leave Chitra: rows, and what is said of their pictures. Plain Java. */
@NullMarked
package io.chitra.dataset;

import org.jspecify.annotations.NullMarked;
