package io.chitra.dataset;

import io.chitra.schemas.ImageRecord;
import org.jspecify.annotations.Nullable;

/**
 * One picture of a dataset: its record, where that lies in {@code render.results}, and what was
 * seen in the picture, where somebody looked.
 *
 * @param record not changed, by nobody
 * @param look null: nobody has looked
 */
public record DatasetRow(
    ImageRecord record, int resultPartition, long resultOffset, @Nullable PictureLook look) {

  /** The same picture, looked at. */
  public DatasetRow with(PictureLook seen) {
    return new DatasetRow(record, resultPartition, resultOffset, seen);
  }
}
