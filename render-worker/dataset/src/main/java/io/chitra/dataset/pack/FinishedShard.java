package io.chitra.dataset.pack;

import java.util.List;

/**
 * A shard that has been written.
 *
 * @param files to be put to the target under their names, the summary's last
 */
public record FinishedShard(ShardSummary summary, List<ShardFile> files) {

  public FinishedShard {
    files = List.copyOf(files);
  }
}
