package io.chitra.worker.topology;

import io.chitra.worker.task.OutgoingRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Puts a terminal event to its topic. It names the topics for the sink, which asks the broker for
 * the transactions that an earlier run has left open on them.
 */
final class OutgoingRecordWriter
    implements KafkaRecordSerializationSchema<OutgoingRecord>, KafkaDatasetFacetProvider {
  private static final long serialVersionUID = 1L;

  private final String results;
  private final String deadLetters;
  private final String cancelled;

  OutgoingRecordWriter(String results, String deadLetters, String cancelled) {
    this.results = results;
    this.deadLetters = deadLetters;
    this.cancelled = cancelled;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      OutgoingRecord record, KafkaSinkContext context, Long timestamp) {
    String topic =
        switch (record.kind()) {
          case RESULT -> results;
          case DEAD_LETTER -> deadLetters;
          case CANCELLED -> cancelled;
        };
    ProducerRecord<byte[], byte[]> out = new ProducerRecord<>(topic, record.key(), record.value());
    record
        .headers()
        .forEach((name, value) -> out.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    return out;
  }

  @Override
  public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
    return Optional.of(
        new DefaultKafkaDatasetFacet(
            DefaultKafkaDatasetIdentifier.ofTopics(List.of(results, deadLetters, cancelled)),
            new Properties()));
  }
}
