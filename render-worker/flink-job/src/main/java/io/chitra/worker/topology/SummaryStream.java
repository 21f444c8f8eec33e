package io.chitra.worker.topology;

import io.chitra.worker.summary.SummaryRecord;
import io.chitra.worker.summary.TopicRow;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The sums beside the way of the data: committed records of the topics of jobs and of terminal
 * events are read once more, and what they come to by submission is written to a compacted topic.
 */
final class SummaryStream {

  private static final int LINGER_MILLIS = 20;

  private SummaryStream() {}

  static void add(StreamExecutionEnvironment env, Configuration options, Parts parts) {
    env.fromSource(source(options), WatermarkStrategy.noWatermarks(), "jobs and their ends")
        .uid("summary-source")
        .setParallelism(1)
        .transform(
            "summary", TypeInformation.of(SummaryRecord.class), new SummaryOperator(options, parts))
        .uid("summary")
        .setParallelism(1)
        .sinkTo(sink(options))
        .uid("summary-sink")
        .name("sums")
        .setParallelism(1);
  }

  private static KafkaSource<TopicRow> source(Configuration options) {
    String group = options.get(WorkerOptions.KAFKA_TRANSACTION_PREFIX) + "-summary";
    return KafkaSource.<TopicRow>builder()
        .setProperties(Clients.kafka(options))
        .setTopics(
            List.of(
                options.get(WorkerOptions.TOPIC_JOBS_HIGH),
                options.get(WorkerOptions.TOPIC_JOBS),
                options.get(WorkerOptions.TOPIC_JOBS_LOW),
                options.get(WorkerOptions.TOPIC_RESULTS),
                options.get(WorkerOptions.TOPIC_DEAD_LETTERS),
                options.get(WorkerOptions.TOPIC_CANCELLED)))
        .setGroupId(group)
        .setClientIdPrefix(group)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setProperty("isolation.level", "read_committed")
        .setDeserializer(new RowReader())
        .build();
  }

  private static KafkaSink<SummaryRecord> sink(Configuration options) {
    return KafkaSink.<SummaryRecord>builder()
        .setKafkaProducerConfig(Clients.kafka(options))
        .setBootstrapServers(options.get(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS))
        .setRecordSerializer(new RecordWriter(options.get(WorkerOptions.TOPIC_SUMMARY)))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty("compression.type", "lz4")
        .setProperty("linger.ms", Integer.toString(LINGER_MILLIS))
        .build();
  }

  /** Hands on a record with its place; decoding here would let bad bytes fail the source. */
  private static final class RowReader implements KafkaRecordDeserializationSchema<TopicRow> {
    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<TopicRow> out) {
      byte[] value = record.value();
      out.collect(
          new TopicRow(
              record.topic(),
              record.partition(),
              record.offset(),
              record.timestamp(),
              value == null ? new byte[0] : value));
    }

    @Override
    public TypeInformation<TopicRow> getProducedType() {
      return TypeInformation.of(TopicRow.class);
    }
  }

  private static final class RecordWriter implements KafkaRecordSerializationSchema<SummaryRecord> {
    private static final long serialVersionUID = 1L;

    private final String topic;

    RecordWriter(String topic) {
      this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        SummaryRecord record, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(topic, record.key(), record.value());
    }
  }
}
