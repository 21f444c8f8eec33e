package io.chitra.dataset.pack;

import io.chitra.dataset.DatasetRow;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes one shard to files in a folder of its own, byte for byte the same for the same rows.
 * {@link ShardWriters} makes them.
 *
 * <p>Life cycle: {@link #add} for each row in order, {@link #finish}, {@link #close}; all by one
 * thread. Memory does not grow with the rows' pictures.
 */
public interface ShardWriter extends AutoCloseable {

  /**
   * Adds a row.
   *
   * @param picture null where the format holds none
   */
  void add(DatasetRow row, @Nullable PackedPicture picture) throws IOException;

  /** Ends the files; the caller puts them where the dataset lies. */
  FinishedShard finish() throws IOException;

  @Override
  void close() throws IOException;
}
