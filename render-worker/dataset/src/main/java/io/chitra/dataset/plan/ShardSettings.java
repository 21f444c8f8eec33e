package io.chitra.dataset.plan;

/**
 * How large a shard may be. One picture alone may be larger.
 *
 * @param rows at most, 1 to {@link #MOST_ROWS}
 * @param bytes of its pictures as they are stored, at most
 */
public record ShardSettings(int rows, long bytes) {

  /** A picture's number within a shard has four digits. */
  public static final int MOST_ROWS = 10_000;

  public static final long DEFAULT_BYTES = 512L << 20;

  public ShardSettings {
    if (rows < 1 || rows > MOST_ROWS) {
      throw new IllegalArgumentException(
          "Cannot make shards of %d pictures: 1 to %d would be right".formatted(rows, MOST_ROWS));
    }
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "Cannot make shards of %d bytes: 1 or more would be right".formatted(bytes));
    }
  }
}
