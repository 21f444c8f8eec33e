package io.chitra.embedded;

import java.time.Duration;
import java.util.Optional;

/**
 * How long to wait before a process that has died is started again: longer each time, until it has
 * stayed up for a while. Immutable.
 *
 * @param steady who lived that long begins anew
 * @param first wait
 * @param longest wait
 * @param tries in a row before it is given up
 */
record RestartPolicy(Duration steady, Duration first, Duration longest, int tries) {

  static final RestartPolicy USUAL =
      new RestartPolicy(Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ofSeconds(10), 8);

  RestartPolicy {
    if (tries < 1 || first.isNegative() || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "Cannot restart %d times with waits of %s to %s: one try is the least, and no wait is shorter than the first"
              .formatted(tries, first, longest));
    }
  }

  /**
   * Counts on after a death.
   *
   * @param deaths in a row before this one
   * @param lived how long the process was up
   */
  int count(int deaths, Duration lived) {
    return lived.compareTo(steady) >= 0 ? 1 : deaths + 1;
  }

  /**
   * How long to wait now.
   *
   * @param deaths in a row, the last one included
   * @return the wait before the next start; empty when there is none
   */
  Optional<Duration> delay(int deaths) {
    if (deaths > tries) {
      return Optional.empty();
    }
    Duration wait = first;
    for (int i = 1; i < deaths && wait.compareTo(longest) < 0; i++) {
      wait = wait.multipliedBy(2);
    }
    return Optional.of(wait.compareTo(longest) < 0 ? wait : longest);
  }
}
