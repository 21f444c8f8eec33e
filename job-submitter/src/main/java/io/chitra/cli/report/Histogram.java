package io.chitra.cli.report;

/**
 * Counts of numbers in bins of equal width; what lies outside counts in the first or the last. Used
 * by one thread.
 */
final class Histogram {

  private final double low;
  private final double high;
  private final long[] counts;
  private long count;
  private double sum;

  /** With bins from {@code low} to {@code high}. */
  Histogram(double low, double high, int bins) {
    this.low = low;
    this.high = high;
    this.counts = new long[bins];
  }

  void add(double number) {
    add(number, 1);
  }

  /** Adds a number that occurs so often. */
  void add(double number, long times) {
    int bin = (int) ((number - low) / (high - low) * counts.length);
    counts[Math.min(counts.length - 1, Math.max(0, bin))] += times;
    count += times;
    sum += number * times;
  }

  double low() {
    return low;
  }

  double high() {
    return high;
  }

  int bins() {
    return counts.length;
  }

  /** How many lie in a bin, from 0. */
  long in(int bin) {
    return counts[bin];
  }

  /** Where a bin begins; the one after the last begins where the last ends. */
  double edge(int bin) {
    return low + (high - low) * bin / counts.length;
  }

  long count() {
    return count;
  }

  /** The most that lie in one bin. */
  long most() {
    long most = 0;
    for (long bin : counts) {
      most = Math.max(most, bin);
    }
    return most;
  }

  /** 0 where there are none. */
  double mean() {
    return count == 0 ? 0 : sum / count;
  }
}
