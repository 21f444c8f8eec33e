package io.chitra.dataset.pack;

import java.io.IOException;
import java.util.List;

/** A shard's files in one format; as {@link ShardWriter}. */
interface FormatWriter extends AutoCloseable {

  /**
   * Adds a row.
   *
   * @return what its picture is called within the dataset
   */
  String add(Packed row) throws IOException;

  List<ShardFile> finish() throws IOException;

  @Override
  void close() throws IOException;
}
