package io.chitra.dataset.pack;

import org.jspecify.annotations.Nullable;

/**
 * How pictures are changed on their way into a dataset.
 *
 * @param longestSide a picture whose longer side has more pixels is made smaller to this, keeping
 *     its proportions; null: sizes stay
 * @param jpegQuality 1 .. 100: pictures become JPEG files; null: they keep their format
 */
public record Recode(@Nullable Integer longestSide, @Nullable Integer jpegQuality) {

  public Recode {
    if (longestSide != null && longestSide < 1) {
      throw new IllegalArgumentException(
          "Cannot resize to %d pixels: 1 or more would be right".formatted(longestSide));
    }
    if (jpegQuality != null && (jpegQuality < 1 || jpegQuality > 100)) {
      throw new IllegalArgumentException(
          "Cannot make JPEG of quality %d: 1 to 100 would be right".formatted(jpegQuality));
    }
  }
}
