package io.chitra.cli.topics;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** Reads single records by where they lie. Used by one thread. */
public final class RecordLookup implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(500);

  private final KafkaCluster kafka;
  private final Consumer<byte[], byte[]> consumer;

  private RecordLookup(KafkaCluster kafka, Consumer<byte[], byte[]> consumer) {
    this.kafka = kafka;
    this.consumer = consumer;
  }

  public static RecordLookup open(KafkaCluster kafka) throws TopicException {
    return new RecordLookup(kafka, kafka.singleRecordConsumer());
  }

  /** The committed record at a place; empty when there is none, or the topic has forgotten it. */
  public Optional<ConsumerRecord<byte[], byte[]>> find(Place place)
      throws TopicException, InterruptedException {
    TopicPartition partition = new TopicPartition(place.topic(), place.partition());
    try {
      consumer.assign(List.of(partition));
      long start = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      if (place.offset() < start || place.offset() >= end) {
        return Optional.empty();
      }
      consumer.seek(partition, place.offset());
      while (consumer.position(partition) <= place.offset()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          return record.offset() == place.offset() ? Optional.of(record) : Optional.empty();
        }
      }
      return Optional.empty();
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
