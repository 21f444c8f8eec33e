package io.chitra.embedded;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** What Chitra relies on in a broker, the same for every one it is run against. */
abstract class TopicsContract {
  abstract KafkaProbe kafka();

  @Test
  void transactionIsSeenWholeAndOnlyOnceCommitted() throws Exception {
    String results = kafka().newTopic(Map.of());
    String deadLetters = kafka().newTopic(Map.of());
    try (Producer<byte[], byte[]> producer = kafka().transactional("whole-" + results)) {
      producer.beginTransaction();
      KafkaProbe.send(producer, results, "picture");
      KafkaProbe.send(producer, deadLetters, "refused");
      assertEquals(List.of(), kafka().committed(results));
      assertEquals(List.of(), kafka().committed(deadLetters));

      producer.commitTransaction();
      assertEquals(List.of("picture"), kafka().committed(results));
      assertEquals(List.of("refused"), kafka().committed(deadLetters));
    }
  }

  @Test
  void abortedIsNeverSeen() throws Exception {
    String topic = kafka().newTopic(Map.of());
    try (Producer<byte[], byte[]> producer = kafka().transactional("aborted-" + topic)) {
      producer.beginTransaction();
      KafkaProbe.send(producer, topic, "aborted");
      producer.abortTransaction();
      producer.beginTransaction();
      KafkaProbe.send(producer, topic, "committed");
      producer.commitTransaction();
    }
    assertEquals(List.of("committed"), kafka().committed(topic));
  }

  @Test
  void successorOfAProducerEndsItsTransaction() throws Exception {
    String topic = kafka().newTopic(Map.of());
    try (Producer<byte[], byte[]> lost = kafka().transactional("lost-" + topic)) {
      lost.beginTransaction();
      KafkaProbe.send(lost, topic, "lost");
      try (Producer<byte[], byte[]> successor = kafka().transactional("lost-" + topic)) {
        successor.beginTransaction();
        KafkaProbe.send(successor, topic, "kept");
        successor.commitTransaction();
      }
      assertEquals(List.of("kept"), kafka().committed(topic));
    }
  }

  @Test
  void unlimitedRetentionIsKept() throws Exception {
    Map<String, String> forEver =
        Map.of("retention.ms", "-1", "retention.bytes", "-1", "cleanup.policy", "delete");
    String topic = kafka().newTopic(forEver);
    try (Admin admin = kafka().admin()) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
      Config config =
          requireNonNull(admin.describeConfigs(List.of(resource)).all().get().get(resource));
      Map<String, String> found = new HashMap<>();
      forEver.keySet().forEach(name -> found.put(name, config.get(name).value()));
      assertEquals(forEver, found);
    }
  }

  @Test
  void megabyteIsKeptAsItIs() throws Exception {
    String topic = kafka().newTopic(Map.of());
    byte[] megabyte = new byte[1_000_000];
    for (int i = 0; i < megabyte.length; i++) {
      megabyte[i] = (byte) (i * 31);
    }
    try (Producer<byte[], byte[]> producer = kafka().producer(Map.of())) {
      producer.send(new ProducerRecord<>(topic, megabyte)).get();
    }
    assertArrayEquals(megabyte, kafka().read(topic).get(0));
  }

  @Test
  void committedOffsetsAreKept() throws Exception {
    String topic = kafka().newTopic(Map.of());
    TopicPartition partition = new TopicPartition(topic, 0);
    String group = "group-" + topic;
    try (Consumer<byte[], byte[]> consumer = kafka().consumer(group)) {
      consumer.assign(List.of(partition));
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(41)));
    }
    try (Consumer<byte[], byte[]> consumer = kafka().consumer(group)) {
      OffsetAndMetadata committed =
          requireNonNull(consumer.committed(Set.of(partition)).get(partition));
      assertEquals(41, committed.offset());
    }
  }
}
