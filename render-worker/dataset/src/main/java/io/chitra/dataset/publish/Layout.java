package io.chitra.dataset.publish;

import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.ShardReport;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the files of a dataset lie, as patterns for its readers.
 *
 * @param splits names, in order; {@code train} alone where there are none
 * @param folders whether each split has a folder of its own
 */
record Layout(PackFormat format, List<String> splits, boolean folders) {

  Layout {
    splits = List.copyOf(splits);
  }

  static Layout of(PackFormat format, Totals totals, Iterable<ShardReport> shards) {
    boolean folders = false;
    for (ShardReport shard : shards) {
      folders |= shard.summary().shard().split() != null;
    }
    return new Layout(format, List.copyOf(totals.splits.keySet()), folders);
  }

  /** The files of a split that Hugging Face's reader takes. */
  List<String> dataFiles(String split) {
    return switch (format) {
      case WEBDATASET -> List.of(folder(split) + "*.tar");
      case IMAGEFOLDER ->
          List.of(
              folder(split) + "**/metadata.parquet",
              folder(split) + "**/*.png",
              folder(split) + "**/*.jpg");
      case PARQUET, METADATA -> List.of("data/" + split + "-*.parquet");
    };
  }

  /** The tables of all splits. */
  List<String> tables() {
    List<String> patterns = new ArrayList<>();
    switch (format) {
      case WEBDATASET -> splits.forEach(split -> patterns.add(folder(split) + "[0-9]*.parquet"));
      case IMAGEFOLDER -> patterns.add("**/metadata.parquet");
      case PARQUET, METADATA -> patterns.add("data/*.parquet");
    }
    return patterns;
  }

  private String folder(String split) {
    return folders ? split + "/" : "";
  }
}
