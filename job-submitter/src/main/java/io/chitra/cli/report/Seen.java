package io.chitra.cli.report;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureMeasures;
import org.jspecify.annotations.Nullable;

/**
 * A picture that was fetched.
 *
 * @param position in the dataset, from 0
 * @param look null: nobody asked for it
 * @param thumbnail a data URI; null: nobody asked for it
 */
record Seen(
    long position, DatasetRow row, @Nullable PictureMeasures look, @Nullable String thumbnail) {}
