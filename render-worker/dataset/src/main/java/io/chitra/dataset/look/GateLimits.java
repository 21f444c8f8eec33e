package io.chitra.dataset.look;

import org.jspecify.annotations.Nullable;

/**
 * Where gates begin to close.
 *
 * @param nearDuplicateBits pHashes that differ in at most as many of their 64 bits are those of
 *     near duplicates, 0 .. 15
 * @param minContrast the least standard deviation of luma, 0 .. 0.5
 * @param minBrightness the least mean of luma, 0 .. 1
 * @param maxBrightness the greatest, 0 .. 1
 * @param minColourfulness the least M3 of Hasler and Süsstrunk: below 15 they call a picture hardly
 *     colourful
 * @param minSide the least pixels of the shorter side
 * @param minClipScore the least cosine of picture and prompt times 100, -100 .. 100
 * @param maxNsfw the greatest probability, 0 .. 1
 * @param copyDistance a picture at most this far from one of the reference set is a near-copy;
 *     null: calibrated on the set itself
 */
public record GateLimits(
    int nearDuplicateBits,
    double minContrast,
    double minBrightness,
    double maxBrightness,
    double minColourfulness,
    int minSide,
    double minClipScore,
    double maxNsfw,
    @Nullable Double copyDistance) {

  public static final GateLimits DEFAULTS =
      new GateLimits(4, 0.05, 0.05, 0.95, 5, 64, 20, 0.5, null);

  public GateLimits {
    within("near-duplicates", nearDuplicateBits, 0, HammingIndex.MOST_BITS);
    within("min-contrast", minContrast, 0, 0.5);
    within("min-brightness", minBrightness, 0, 1);
    within("max-brightness", maxBrightness, minBrightness, 1);
    within("min-colourfulness", minColourfulness, 0, 1000);
    within("min-side", minSide, 1, Integer.MAX_VALUE);
    within("min-clip-score", minClipScore, -100, 100);
    within("max-nsfw", maxNsfw, 0, 1);
    if (copyDistance != null) {
      within("copy-distance", copyDistance, 0, 64);
    }
  }

  private static void within(String name, double value, double least, double greatest) {
    if (!(value >= least && value <= greatest)) {
      throw new IllegalArgumentException(
          "Cannot use %s %s: %s to %s would be right"
              .formatted(name, plain(value), plain(least), plain(greatest)));
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
