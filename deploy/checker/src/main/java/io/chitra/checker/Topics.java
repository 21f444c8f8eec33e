package io.chitra.checker;

import io.chitra.checker.Findings.Wrong;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics as a reader of committed records sees them. */
final class Topics {

  private static final Duration POLL = Duration.ofMillis(500);

  private final String bootstrapServers;
  private final Findings findings;

  Topics(String bootstrapServers, Findings findings) {
    this.bootstrapServers = bootstrapServers;
    this.findings = findings;
  }

  /** Hands on all records of the topics that are there, up to where they end now. */
  void read(List<String> topics, Consumer<ConsumerRecord<byte[], byte[]>> records) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
      Set<TopicPartition> partitions = partitions(consumer, topics);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      lookForOpenTransactions(ends);
      Set<TopicPartition> open = new HashSet<>(partitions);
      ends.forEach((partition, end) -> dropIfRead(consumer, partition, end, open));
      while (!open.isEmpty()) {
        consumer.poll(POLL).forEach(records);
        ends.forEach((partition, end) -> dropIfRead(consumer, partition, end, open));
      }
    }
  }

  private static void dropIfRead(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      long end,
      Set<TopicPartition> open) {
    if (open.contains(partition) && consumer.position(partition) >= end) {
      open.remove(partition);
    }
  }

  private static Set<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, List<String> topics) {
    return consumer.listTopics().entrySet().stream()
        .filter(topic -> topics.contains(topic.getKey()))
        .flatMap(topic -> topic.getValue().stream())
        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
        .collect(Collectors.toSet());
  }

  /** For a reader of committed records a partition ends where the first open transaction begins. */
  private void lookForOpenTransactions(Map<TopicPartition, Long> committed) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted")) {
      Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(committed.keySet()));
      committed.forEach(
          (partition, end) -> {
            long hidden = ends.getOrDefault(partition, end) - end;
            if (hidden > 0) {
              findings.add(
                  Wrong.HANGING, hidden, "records of %s behind %d".formatted(partition, end));
            }
          });
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "isolation.level",
            isolation,
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "earliest",
            "client.id",
            "checker"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
