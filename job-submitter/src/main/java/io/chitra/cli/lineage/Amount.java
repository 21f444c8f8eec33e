package io.chitra.cli.lineage;

import org.jspecify.annotations.Nullable;

/**
 * How much was read or written.
 *
 * @param rows null: nobody counted, as with the others
 */
public record Amount(@Nullable Long rows, @Nullable Long bytes, @Nullable Long files) {

  /** Nobody counted. */
  public static final Amount UNKNOWN = new Amount(null, null, null);

  public static Amount rows(long rows) {
    return new Amount(rows, null, null);
  }
}
