package io.chitra.dataset.pack;

import java.util.List;

/**
 * A shard that lies at the target whole: what {@code .chitra/done/<shard>.json} says. Written as
 * JSON by Jackson as it is.
 *
 * @param files all that were put, in the order of the shard
 */
public record ShardReport(ShardSummary summary, List<PutFile> files) {

  /**
   * A file at the target.
   *
   * @param name within the dataset, with slashes
   * @param sha256 of its bytes, in hex
   */
  public record PutFile(String name, long bytes, String sha256) {}

  public ShardReport {
    files = List.copyOf(files);
  }
}
