package io.chitra.cli.topics;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Tells a listener how far a reading has come, in offsets. Offsets without a record, as of markers
 * of transactions, count with the next record.
 *
 * <p>Life cycle: made, which tells that nothing is read, {@link #passed} for each record, {@link
 * #finish}. Used by one thread.
 */
final class ReadProgress {

  private final TopicScan.Listener listener;
  private final Map<TopicPartition, Long> next;
  private final long total;
  private long done;

  /**
   * @param ends after the last offsets that are read
   */
  ReadProgress(
      TopicScan.Listener listener, Map<TopicPartition, Long> from, Map<TopicPartition, Long> ends) {
    this.listener = listener;
    this.next = new HashMap<>(from);
    this.total =
        ends.entrySet().stream()
            .mapToLong(end -> end.getValue() - from.getOrDefault(end.getKey(), 0L))
            .sum();
    listener.read(0, total);
  }

  void passed(ConsumerRecord<?, ?> record) {
    long after = record.offset() + 1;
    Long before = next.put(new TopicPartition(record.topic(), record.partition()), after);
    done += before == null ? 1 : after - before;
    listener.read(Math.min(done, total), total);
  }

  void finish() {
    listener.read(total, total);
  }
}
