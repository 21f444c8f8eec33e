package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartPolicyTest {
  private final RestartPolicy policy =
      new RestartPolicy(Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(5), 5);

  @Test
  void waitsLongerEachTimeAndGivesUp() {
    assertEquals(
        "[1, 2, 4, 5, 5]",
        IntStream.rangeClosed(1, 5)
            .mapToObj(deaths -> policy.delay(deaths).orElseThrow().toSeconds())
            .toList()
            .toString());
    assertEquals(Optional.empty(), policy.delay(6));
  }

  @Test
  void whoWasUpForAWhileBeginsAnew() {
    assertEquals(5, policy.count(4, Duration.ofSeconds(29)));
    assertEquals(1, policy.count(4, Duration.ofSeconds(30)));
  }

  @Test
  void oneThatNeverTriesIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new RestartPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0));
  }
}
