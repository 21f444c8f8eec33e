package io.chitra.worker.topology;

import io.chitra.schemas.ArchivedHeader;
import io.chitra.schemas.ArchivedRecord;
import io.chitra.schemas.Codec;
import io.chitra.worker.record.JobRow;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Hands on a job's record with all that the broker has of it. */
final class JobRowReader implements KafkaRecordDeserializationSchema<JobRow> {
  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<JobRow> out) {
    List<ArchivedHeader> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      headers.add(new ArchivedHeader(header.key(), buffer(header.value())));
    }
    ArchivedRecord archived =
        new ArchivedRecord(
            record.topic(),
            record.partition(),
            record.offset(),
            Instant.ofEpochMilli(record.timestamp()),
            buffer(record.key()),
            buffer(record.value()),
            headers);
    out.collect(
        new JobRow(
            record.topic(),
            record.partition(),
            record.offset(),
            Codec.archivedRecords().encode(archived)));
  }

  private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  @Override
  public TypeInformation<JobRow> getProducedType() {
    return TypeInformation.of(JobRow.class);
  }
}
