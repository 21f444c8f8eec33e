package io.chitra.worker.topology;

import io.chitra.worker.task.JobMessage;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Hands on a job's record as it is. Decoding here would let bad bytes fail the source, and the
 * whole job with it.
 */
final class JobMessageReader implements KafkaRecordDeserializationSchema<JobMessage> {
  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<JobMessage> out) {
    out.collect(
        new JobMessage(
            record.topic(), record.partition(), record.offset(), record.key(), record.value()));
  }

  @Override
  public TypeInformation<JobMessage> getProducedType() {
    return TypeInformation.of(JobMessage.class);
  }
}
