package io.chitra.dataset.pack;

import io.chitra.dataset.table.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The writer of each format. */
public final class ShardWriters {

  private ShardWriters() {}

  /** The columns of the tables that the shards of a dataset have, in order. */
  public static List<Column<?>> columns(PackSettings settings) {
    return List.copyOf(
        switch (settings.format()) {
          case WEBDATASET -> PackColumns.webDataset(settings, row -> null);
          case IMAGEFOLDER -> PackColumns.imageFolder(settings);
          case PARQUET -> PackColumns.pictures(settings);
          case METADATA -> PackColumns.metadata(settings, 0);
        });
  }

  /**
   * Begins a shard.
   *
   * @param folder empty, of this shard alone; its files lie there until the caller deletes them
   */
  public static ShardWriter of(PackSettings settings, Shard shard, Path folder) throws IOException {
    FormatWriter format =
        switch (settings.format()) {
          case WEBDATASET -> new WebDatasetWriter(settings, shard, folder);
          case IMAGEFOLDER -> new ImageFolderWriter(settings, shard, folder);
          case PARQUET -> new TableWriter(settings, shard, PackColumns.pictures(settings), folder);
          case METADATA ->
              new TableWriter(
                  settings, shard, PackColumns.metadata(settings, shard.number()), folder);
        };
    return new TalliedWriter(settings, shard, format, new RegionLines(shard, folder));
  }
}
