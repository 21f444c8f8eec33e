/** From committed records to Parquet files in S3, one file an offset range. */
@NullMarked
package io.chitra.worker.record;

import org.jspecify.annotations.NullMarked;
