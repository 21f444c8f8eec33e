package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionBudgetTest {

  private static TransactionBudget budget(Duration transaction) {
    return new TransactionBudget(
        transaction,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        1,
        Duration.ofSeconds(50),
        3,
        Duration.ofSeconds(5));
  }

  @Test
  void allThatATransactionMayWaitForIsCounted() {
    assertEquals(Duration.ofSeconds(10 + 2 * 60 + 50 + 5), budget(Duration.ZERO).needed());
  }

  @Test
  void aTransactionThatIsLongEnoughIsNotRefused() {
    assertEquals(Optional.empty(), budget(Duration.ofSeconds(185)).refusal());
    assertEquals(
        "Cannot start the worker: chitra.kafka.transaction-timeout is 184 s, and a transaction may"
            + " have to wait 185 s for its commit (chitra.checkpoint.interval 10 s, 2 checkpoints"
            + " of chitra.checkpoint.timeout 60 s, heartbeat.timeout 50 s, waits of 5 s before"
            + " chitra.restarts 3); the broker would abort records of a complete checkpoint. Raise"
            + " the first, or lower one of the others",
        budget(Duration.ofSeconds(184)).refusal().orElseThrow());
  }

  @Test
  void waitsGrowToTheLongest() {
    assertEquals(
        Duration.ofMillis(1000 + 1500 + 2250 + 3000 + 3000),
        TransactionBudget.waits(5, Duration.ofSeconds(1), Duration.ofSeconds(3), 1.5, 0));
    assertEquals(
        Duration.ofMillis(1100 + 1650),
        TransactionBudget.waits(2, Duration.ofSeconds(1), Duration.ofSeconds(3), 1.5, 0.1));
    assertEquals(
        Duration.ZERO,
        TransactionBudget.waits(0, Duration.ofSeconds(1), Duration.ofSeconds(3), 1.5, 0.1));
  }

  @Test
  void theDefaultsFitTogetherAndIntoABrokersDefault() throws Exception {
    Configuration configured = RenderTopology.configure(new Configuration());
    TransactionBudget budget = TransactionBudget.of(configured);

    assertEquals(Optional.empty(), budget.refusal());
    Duration ofABroker = Duration.ofMinutes(15);
    assertEquals(Optional.empty(), TransactionBudget.refusal(budget.transaction(), "1", ofABroker));
    Duration left = budget.transaction().minus(budget.needed());
    assertTrue(left.compareTo(Duration.ofSeconds(60)) >= 0, left + " is left for the restarts");
  }

  @ParameterizedTest
  @CsvSource({
    "chitra.kafka.transaction-timeout, 1 min",
    "chitra.checkpoint.interval, 10 min",
    "chitra.checkpoint.timeout, 10 min",
    "chitra.restarts, 100",
    "heartbeat.timeout, 10 min"
  })
  void aValueThatDoesNotFitIsRefusedByName(String option, String value) {
    Configuration options = WorkerOptions.parse(Map.of(option, value));

    Exception e =
        assertThrows(IllegalArgumentException.class, () -> RenderTopology.configure(options));
    assertTrue(String.valueOf(e.getMessage()).contains(option), e.getMessage());
  }

  @Test
  void aBrokerThatAllowsLessIsNamed() {
    assertEquals(
        "Cannot start the worker: chitra.kafka.transaction-timeout is 900 s, and broker 3 allows"
            + " transactions of 60500 ms; lower the former, or raise the broker's"
            + " transaction.max.timeout.ms",
        TransactionBudget.refusal(Duration.ofMinutes(15), "3", Duration.ofMillis(60_500))
            .orElseThrow());
  }
}
