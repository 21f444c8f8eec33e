package io.chitra.cli.topics;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** The topic of sums, read again and again from where the last reading ended. For one thread. */
public final class SummaryTopic implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaCluster kafka;
  private final Consumer<byte[], byte[]> consumer;

  private SummaryTopic(KafkaCluster kafka, Consumer<byte[], byte[]> consumer) {
    this.kafka = kafka;
    this.consumer = consumer;
  }

  public static SummaryTopic open(KafkaCluster kafka) throws TopicException, InterruptedException {
    Map<TopicPartition, Long> starts = kafka.starts(Set.of(Topic.SUMMARY));
    Consumer<byte[], byte[]> consumer = kafka.consumer();
    consumer.assign(starts.keySet());
    starts.forEach(consumer::seek);
    return new SummaryTopic(kafka, consumer);
  }

  /** Hands on what is there now and was not handed on before. */
  public void readOn(KafkaCluster.Receiver receiver) throws TopicException, InterruptedException {
    try {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(POLL).forEach(receiver::receive);
      }
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
