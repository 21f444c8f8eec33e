package io.chitra.worker.topology;

import io.chitra.dataset.compare.VerifyTask;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Verifies pictures, and ends:
 *
 * <pre>
 *   topic of tasks ─► render again and compare ─► topic of verdicts
 * </pre>
 *
 * <p>Both topics are of one run of {@code chitra verify}, which sends all tasks before this begins.
 * A verdict may come twice after a restart; each says which row it is of. Nothing else is written.
 */
public final class VerifyTopology {

  private static final Duration BETWEEN_CHECKPOINTS = Duration.ofSeconds(10);
  private static final int RESTARTS = 3;
  private static final Duration BEFORE_RESTART = Duration.ofSeconds(5);

  private VerifyTopology() {}

  /**
   * Adds the topology to an environment that was made with {@link #configure}d options.
   *
   * @param tasks the topic of tasks
   * @param verdicts the topic of verdicts
   */
  public static void build(
      StreamExecutionEnvironment env,
      Configuration options,
      Parts parts,
      String tasks,
      String verdicts) {
    KafkaSource<VerifyTask> source =
        KafkaSource.<VerifyTask>builder()
            .setProperties(Clients.kafka(options))
            .setTopics(tasks)
            .setGroupId(tasks)
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setBounded(OffsetsInitializer.latest())
            .setDeserializer(new VerifyTaskReader())
            .build();
    DataStream<byte[]> found =
        AsyncDataStream.unorderedWait(
                env.fromSource(source, WatermarkStrategy.noWatermarks(), "pictures to verify")
                    .setParallelism(1)
                    .rebalance(),
                new VerifyFunction(options, parts),
                0,
                TimeUnit.MILLISECONDS,
                options.get(WorkerOptions.RENDER_IN_FLIGHT))
            .name("render again and compare")
            .setParallelism(options.get(WorkerOptions.RENDER_PARALLELISM));
    found
        .sinkTo(
            KafkaSink.<byte[]>builder()
                .setKafkaProducerConfig(Clients.kafka(options))
                .setBootstrapServers(options.get(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS))
                .setRecordSerializer(writer(verdicts))
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .build())
        .name("verdicts")
        .setParallelism(1);
  }

  private static KafkaRecordSerializationSchema<byte[]> writer(String topic) {
    return (verdict, context, timestamp) -> new ProducerRecord<>(topic, verdict);
  }

  /** The options with what the topology needs of Flink. */
  public static Configuration configure(Configuration options) {
    Configuration configured = new Configuration(options);
    configured.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
    configured.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
    configured.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, BETWEEN_CHECKPOINTS);
    configured.set(PipelineOptions.NAME, "chitra-verify");
    configured.set(PipelineOptions.GENERIC_TYPES, false);
    configured.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configured.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, RESTARTS);
    configured.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, BEFORE_RESTART);
    return configured;
  }
}
