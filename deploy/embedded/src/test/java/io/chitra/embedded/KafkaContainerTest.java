package io.chitra.embedded;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.kafka.KafkaContainer;

/** The contract of topics on Apache's own image. */
@EnabledIf(value = Docker.IS_HERE, disabledReason = Docker.IS_NOT_HERE)
class KafkaContainerTest extends TopicsContract {
  private static final KafkaContainer KAFKA = new KafkaContainer("apache/kafka:4.2.2");

  @BeforeAll
  static void start() {
    KAFKA.start();
  }

  @AfterAll
  static void stop() {
    KAFKA.stop();
  }

  @Override
  KafkaProbe kafka() {
    return new KafkaProbe(KAFKA.getBootstrapServers());
  }
}
