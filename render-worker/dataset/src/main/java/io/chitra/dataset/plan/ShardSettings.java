package io.chitra.dataset.plan;

/**
 * How large a shard may be. One picture alone may be larger.
 *
 * @param rows at most, from 1; {@link ExportRequest} knows how many its format takes
 * @param bytes of its pictures as they are stored, at most
 */
public record ShardSettings(int rows, long bytes) {

  public static final long DEFAULT_BYTES = 512L << 20;

  public ShardSettings {
    if (rows < 1) {
      throw new IllegalArgumentException(
          "Cannot make shards of %d pictures: 1 or more would be right".formatted(rows));
    }
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "Cannot make shards of %d bytes: 1 or more would be right".formatted(bytes));
    }
  }
}
