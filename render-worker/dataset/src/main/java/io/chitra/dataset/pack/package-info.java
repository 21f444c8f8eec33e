/** Shards of a dataset, in the forms that its readers know. */
@NullMarked
package io.chitra.dataset.pack;

import org.jspecify.annotations.NullMarked;
