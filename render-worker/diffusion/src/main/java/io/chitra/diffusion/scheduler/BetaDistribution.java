package io.chitra.diffusion.scheduler;

/**
 * The beta distribution with both parameters 0.6, which noise levels are spaced by: Lee et al.
 * (2024), arXiv 2407.12173.
 */
final class BetaDistribution {

  private static final double A = 0.6;
  private static final double HALF = incomplete(0.5);

  private BetaDistribution() {}

  /** {@code scipy.stats.beta.ppf(probability, 0.6, 0.6)}, within 1e-15. */
  static double quantile(double probability) {
    if (probability > 0.5) {
      return 1 - quantile(1 - probability); // the distribution is symmetric
    }
    double target = 2 * probability * HALF;
    double low = 0;
    double high = 0.5;
    for (double middle = 0.25; low < middle && middle < high; middle = (low + high) / 2) {
      if (incomplete(middle) < target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /**
   * The incomplete beta function B_x(a, a) for x up to 1/2, where its power series (NIST Handbook,
   * 8.17.7) converges.
   */
  private static double incomplete(double x) {
    double sum = 0;
    double term = 1; // (1 - a)_k x^k / k!
    for (int k = 0; term > 1e-18; k++) {
      sum += term / (A + k);
      term *= (1 - A + k) * x / (k + 1);
    }
    return StrictMath.pow(x, A) * sum;
  }
}
