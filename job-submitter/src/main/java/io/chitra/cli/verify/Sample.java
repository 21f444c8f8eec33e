package io.chitra.cli.verify;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Which pictures of a dataset are picked: each by its job and index alone, so that the same share
 * and the same seed pick the same pictures.
 *
 * @param share 0 .. 1 of all
 */
public record Sample(double share, long seed) {

  /** Every picture. */
  public static final Sample ALL = new Sample(1, 0);

  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)%");
  private static final double VALUES = 4294967296.0;

  public Sample {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "Cannot pick %s of the pictures: more than 0%% and up to 100%% would be right"
              .formatted(share * 100 + "%"));
    }
  }

  /**
   * Reads {@code 1%}.
   *
   * @throws IllegalArgumentException with a message for a person
   */
  public static Sample parse(String text, long seed) {
    Matcher percent = PERCENT.matcher(text);
    if (!percent.matches()) {
      throw new IllegalArgumentException(
          "Cannot pick a sample of %s: 1%% or 0.5%% would be right".formatted(text));
    }
    return new Sample(Double.parseDouble(percent.group(1)) / 100, seed);
  }

  boolean picks(String job, int index) {
    return share == 1 || place(job, index) < share;
  }

  /** 0 .. 1, spread evenly. */
  double place(String job, int index) {
    CRC32C crc = new CRC32C();
    crc.update("%s/%d#%d".formatted(job, index, seed).getBytes(StandardCharsets.UTF_8));
    // Neighbours differ in few bits of a CRC: a multiplication spreads them.
    long spread = crc.getValue() * 0x9E3779B97F4A7C15L;
    return (spread >>> 32) / VALUES;
  }
}
