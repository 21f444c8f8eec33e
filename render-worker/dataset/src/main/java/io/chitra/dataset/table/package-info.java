/** Columns: what tables of pictures say, whatever they are written as. */
@NullMarked
package io.chitra.dataset.table;

import org.jspecify.annotations.NullMarked;
