@NullMarked
package io.chitra.dataset.table;

import org.jspecify.annotations.NullMarked;
