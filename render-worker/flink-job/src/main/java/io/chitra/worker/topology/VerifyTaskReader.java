package io.chitra.worker.topology;

import io.chitra.dataset.compare.VerifyTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Hands on pictures that are to be verified. */
final class VerifyTaskReader implements KafkaRecordDeserializationSchema<VerifyTask> {
  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<VerifyTask> out)
      throws IOException {
    out.collect(
        new VerifyTask(
            Long.parseLong(text(record, VerifyTask.ROW)),
            text(record, VerifyTask.SUBMISSION_TOPIC),
            Integer.parseInt(text(record, VerifyTask.SUBMISSION_PARTITION)),
            Long.parseLong(text(record, VerifyTask.SUBMISSION_OFFSET)),
            Integer.parseInt(text(record, VerifyTask.INDEX)),
            record.value(),
            bytes(record, VerifyTask.RECORD)));
  }

  private static String text(ConsumerRecord<byte[], byte[]> record, String name)
      throws IOException {
    return new String(bytes(record, name), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ConsumerRecord<byte[], byte[]> record, String name)
      throws IOException {
    Header header = record.headers().lastHeader(name);
    if (header == null) {
      throw new IOException(
          "Cannot verify %s-%d@%d: it has no header %s; chitra verify sends them"
              .formatted(record.topic(), record.partition(), record.offset(), name));
    }
    return header.value();
  }

  @Override
  public TypeInformation<VerifyTask> getProducedType() {
    return TypeInformation.of(VerifyTask.class);
  }
}
