package io.chitra.dataset.plan;

import java.util.regex.Pattern;

/**
 * A part of a dataset.
 *
 * @param name as {@code train}: letters, digits and underscores
 * @param share of the dataset's pictures, above 0 and up to 1
 */
public record Split(String name, double share) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  public Split {
    if (!NAME.matcher(name).matches() || name.equals("all")) {
      throw new IllegalArgumentException(
          "Cannot make a split '%s': a name has a-z, 0-9 and _, and is not 'all'".formatted(name));
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "Cannot give split %s the share %s: more than 0 and up to 1 would be right"
              .formatted(name, share));
    }
  }
}
