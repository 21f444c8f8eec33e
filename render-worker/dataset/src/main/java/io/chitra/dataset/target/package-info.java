/** Where a dataset goes: a folder, or a place in an object store. */
@NullMarked
package io.chitra.dataset.target;

import org.jspecify.annotations.NullMarked;
