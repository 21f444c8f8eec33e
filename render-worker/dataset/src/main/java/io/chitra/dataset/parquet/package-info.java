/** Parquet files, without the Hadoop that Parquet's own classes come from. */
@NullMarked
package io.chitra.dataset.parquet;

import org.jspecify.annotations.NullMarked;
