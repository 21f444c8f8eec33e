package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest extends TopicsContract {
  @TempDir static Path temp;

  private static EmbeddedKafka broker;

  @BeforeAll
  static void start() throws Exception {
    broker =
        EmbeddedKafka.start(temp.resolve("kafka"), Loopback.anyFree(), message -> fail(message));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Override
  KafkaProbe kafka() {
    return new KafkaProbe(broker.bootstrapServers());
  }

  @Test
  void topicIsNotMadeByAskingForIt() {
    try (Admin admin = kafka().admin()) {
      ExecutionException e =
          assertThrows(
              ExecutionException.class,
              () -> admin.describeTopics(List.of("never-made")).allTopicNames().get());
      assertInstanceOf(UnknownTopicOrPartitionException.class, e.getCause());
    }
  }

  @Test
  void takesUpItsDataAfterAStop() throws Exception {
    String topic = kafka().newTopic(Map.of());
    kafka().commit(topic, "before");
    stop();
    start();
    assertEquals(List.of("before"), kafka().committed(topic));
  }
}
