package io.chitra.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A reader of committed records, all through the faults: what it has seen is never taken back.
 * Reads in a thread of its own, from construction to {@link #close}.
 */
final class Watcher implements AutoCloseable {

  /** Of terminal events. */
  static final List<String> TOPICS =
      List.of("render.results", "render.dead-letters", "render.cancelled");

  private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);
  private static final Duration POLL = Duration.ofMillis(50);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final AtomicLong events = new AtomicLong();
  private final Thread thread = new Thread(this::read, "watcher");

  Watcher(String bootstrapServers) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.listTopics().entrySet().stream()
            .filter(topic -> TOPICS.contains(topic.getKey()))
            .flatMap(topic -> topic.getValue().stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .collect(Collectors.toList());
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    while (true) {
      try {
        events.addAndGet(consumer.poll(POLL).count());
      } catch (WakeupException e) {
        return;
      } catch (KafkaException e) {
        LOG.warn("Cannot read for now", e);
      }
    }
  }

  /** How many events it has seen. */
  long events() {
    return events.get();
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    consumer.close();
  }
}
