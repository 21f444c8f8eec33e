package io.chitra.cli.topics;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** Reads topics from their beginning to where they end now, and tells how far it has come. */
public final class TopicScan {

  private final KafkaCluster kafka;
  private final Listener listener;

  /** Is told how far a reading has come, in offsets. */
  @FunctionalInterface
  public interface Listener {

    /** Does not care. */
    Listener NONE = (done, total) -> {};

    void read(long done, long total);
  }

  public TopicScan(KafkaCluster kafka, Listener listener) {
    this.kafka = kafka;
    this.listener = listener;
  }

  /** Hands on all committed records. */
  public void read(KafkaCluster.Receiver receiver, Set<Topic> topics)
      throws TopicException, InterruptedException {
    Map<TopicPartition, Long> next = new HashMap<>(kafka.starts(topics));
    long total =
        kafka.ends(topics).entrySet().stream()
            .mapToLong(end -> end.getValue() - next.getOrDefault(end.getKey(), 0L))
            .sum();
    long[] done = {0};
    listener.read(0, total);
    kafka.read(
        record -> {
          TopicPartition partition = new TopicPartition(record.topic(), record.partition());
          Long before = next.put(partition, record.offset() + 1);
          done[0] += record.offset() + 1 - (before == null ? record.offset() : before);
          receiver.receive(record);
          listener.read(Math.min(done[0], total), total);
        },
        topics);
    listener.read(total, total);
  }
}
