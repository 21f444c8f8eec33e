package io.chitra.worker.topology;

import io.chitra.worker.record.ResultRow;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Hands on a committed result with its place in the topic. */
final class ResultRowReader implements KafkaRecordDeserializationSchema<ResultRow> {
  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ResultRow> out) {
    byte[] value = record.value();
    out.collect(
        new ResultRow(record.partition(), record.offset(), value == null ? new byte[0] : value));
  }

  @Override
  public TypeInformation<ResultRow> getProducedType() {
    return TypeInformation.of(ResultRow.class);
  }
}
