package io.chitra.cli.report;

/**
 * How numbers from 0 up are spread. Numbers below 2048 are kept as they are, larger ones to three
 * digits or more (one part in 1024), so it takes the same room however many there are. Used by one
 * thread.
 */
final class Spread {

  private static final int BITS = 10;
  private static final int STEPS = 1 << BITS;

  /** Below 2 * STEPS each number has a place; from there on, each doubling has STEPS of them. */
  private final long[] counts = new long[STEPS * (Long.SIZE - BITS)];

  private long count;
  private long min = Long.MAX_VALUE;
  private long max;
  private double sum;

  /** Adds a number; one below 0 counts as 0. */
  void add(long number) {
    long value = Math.max(0, number);
    counts[place(value)]++;
    count++;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }

  long count() {
    return count;
  }

  /** 0 where there are none, as with the others. */
  long min() {
    return count == 0 ? 0 : min;
  }

  long max() {
    return max;
  }

  double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** The smallest number that so much of all are not above, from 0 to 1. */
  long quantile(double share) {
    long wanted = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int place = 0; place < counts.length; place++) {
      seen += counts[place];
      if (seen >= wanted) {
        return Math.min(max, Math.max(min(), first(place)));
      }
    }
    return max;
  }

  /**
   * The numbers in bins of equal width, each a whole number of them wide. The last bin also holds
   * what lies above the 99.5th percentile.
   *
   * @param bins at most
   */
  Histogram histogram(int bins) {
    long low = min();
    long high = Math.max(low, quantile(0.995)) + 1;
    long width = Math.max(1, (high - low + bins - 1) / bins);
    int used = Math.toIntExact((high - low + width - 1) / width);
    Histogram histogram = new Histogram(low, low + (double) width * used, used);
    for (int place = 0; place < counts.length; place++) {
      if (counts[place] > 0) {
        histogram.add(first(place), counts[place]);
      }
    }
    return histogram;
  }

  private static int place(long value) {
    int doublings = Math.max(0, Long.SIZE - 1 - BITS - Long.numberOfLeadingZeros(value | 1));
    return doublings * STEPS + (int) (value >>> doublings);
  }

  /** The smallest number of a place. */
  private static long first(int place) {
    int doublings = Math.max(0, place / STEPS - 1);
    return (long) (place - doublings * STEPS) << doublings;
  }
}
