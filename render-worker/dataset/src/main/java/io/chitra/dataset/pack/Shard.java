package io.chitra.dataset.pack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chitra.dataset.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * One shard's place in its dataset.
 *
 * @param split {@code train}, {@code validation}, {@code test}; null: the dataset has no splits
 * @param number within the split (within the class of the split, where shards are made by class),
 *     from 0
 * @param count how many shards the split has, or the class of the split
 * @param className of all its pictures, where shards are made by class; null elsewhere
 * @param rows how many pictures it has
 */
public record Shard(
    @Nullable String split, int number, int count, @Nullable String className, int rows) {

  /** No shard has more rows: img2dataset's keys have four digits for a row. */
  public static final int MOST_ROWS = 10_000;

  private static final int MOST_NUMBER = 99_999;
  private static final int DIGEST_DIGITS = 12;

  public Shard {
    if (rows < 0 || rows > MOST_ROWS) {
      throw new IllegalArgumentException(
          "Cannot make a shard of %d pictures: up to %d would be right".formatted(rows, MOST_ROWS));
    }
    if (number < 0 || number > MOST_NUMBER) {
      throw new IllegalArgumentException(
          "Cannot make shard %d: up to %d would be right; make shards larger"
              .formatted(number, MOST_NUMBER));
    }
  }

  /** The split's name; a dataset without splits is for training. */
  public String splitOrTrain() {
    return split == null ? "train" : split;
  }

  /** What tells it from the other shards of its dataset; good for a file name. */
  public String id() {
    String className = className();
    String classDigest =
        className == null
            ? ""
            : Sha256.of(className.getBytes(UTF_8)).substring(0, DIGEST_DIGITS) + "-";
    return "%s-%s%05d".formatted(splitOrTrain(), classDigest, number);
  }

  /** The folder of its split within the dataset: empty, or ending with a slash. */
  String folder() {
    return split == null ? "" : split + "/";
  }
}
