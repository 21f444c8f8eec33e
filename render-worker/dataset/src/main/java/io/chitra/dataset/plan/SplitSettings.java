package io.chitra.dataset.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a dataset is split.
 *
 * @param splits in the order of their shards; empty: the dataset is one piece
 * @param stratify a label whose values are spread over the splits evenly; null: none
 * @param unit what is never divided
 * @param seed of the choice
 */
public record SplitSettings(List<Split> splits, @Nullable String stratify, Unit unit, long seed) {

  /** What goes to one split as a whole. */
  public enum Unit {
    /** Each picture by itself. */
    PICTURE,
    /** The pictures of a job, which look alike. */
    JOB
  }

  /** Decimal fractions do not always sum up to 1. */
  private static final double SLACK = 1e-6;

  public SplitSettings {
    splits = List.copyOf(splits);
    Set<String> names = new HashSet<>();
    double sum = 0;
    for (Split split : splits) {
      if (!names.add(split.name())) {
        throw new IllegalArgumentException(
            "Cannot make split %s twice: give each name once".formatted(split.name()));
      }
      sum += split.share();
    }
    if (!splits.isEmpty() && Math.abs(sum - 1) > SLACK) {
      throw new IllegalArgumentException(
          "Cannot split a dataset by shares that sum up to %s: 1 would be right".formatted(sum));
    }
    if (splits.isEmpty() && stratify != null) {
      throw new IllegalArgumentException(
          "Cannot stratify by %s: there are no splits; name them".formatted(stratify));
    }
  }

  /** A dataset in one piece. */
  public static SplitSettings none() {
    return new SplitSettings(List.of(), null, Unit.PICTURE, 0);
  }

  /**
   * Reads splits from a text.
   *
   * @param text as {@code train=0.8,validation=0.1,test=0.1}
   * @throws IllegalArgumentException when it is none
   */
  public static List<Split> parse(String text) {
    List<Split> splits = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      int equals = part.indexOf('=');
      try {
        splits.add(
            new Split(
                part.substring(0, Math.max(equals, 0)).strip(),
                Double.parseDouble(part.substring(equals + 1).strip())));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "Cannot read the splits '%s': train=0.8,validation=0.1,test=0.1 would be right"
                .formatted(text),
            e);
      }
    }
    return splits;
  }
}
