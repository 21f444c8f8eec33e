@NullMarked
package io.chitra.dataset.parquet;

import org.jspecify.annotations.NullMarked;
