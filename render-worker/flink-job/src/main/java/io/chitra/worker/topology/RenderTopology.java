package io.chitra.worker.topology;

import io.chitra.worker.record.JobRow;
import io.chitra.worker.record.ResultRow;
import io.chitra.worker.task.JobMessage;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.PlannedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The way of the data, one direction:
 *
 * <pre>
 *   render.jobs ─► plan ─► render and store ─► render.results, render.dead-letters, render.cancelled
 *                                              render.results ─► record files in S3
 *   render.jobs, render.dead-letters, render.cancelled ─► job archive in S3
 *               all of these topics ─► summary ─► render.summary
 * </pre>
 *
 * <p>Plan's state is cursors, render's is the pictures in flight, the record files' is the rows
 * that no file holds yet; results and dead letters commit with the checkpoint that holds the rest.
 * Each operator has a fixed uid, so that a new version finds its state.
 */
public final class RenderTopology {

  private static final int MAX_REQUEST_BYTES = 8 * 1024 * 1024;

  /**
   * Records become visible with a checkpoint, which sends all that wait: until then they may gather
   * to a batch.
   */
  private static final int LINGER_MILLIS = 100;

  private static final int BATCH_BYTES = 128 * 1024;

  /** Of the consumers of one operator, one alone can show its metrics. */
  private static final String CONSUMER_METRICS = "register.consumer.metrics";

  private RenderTopology() {}

  /** Adds the topology to an environment that was made with {@link #configure}d options. */
  public static void build(StreamExecutionEnvironment env, Configuration options) {
    build(env, options, Parts.ofWorker());
  }

  /** Likewise, with other parts than the worker's own. */
  public static void build(StreamExecutionEnvironment env, Configuration options, Parts parts) {
    String name = UUID.randomUUID().toString();

    SingleOutputStreamOperator<PlannedImage> planned =
        env.fromSource(jobs(options, name), WatermarkStrategy.noWatermarks(), "jobs")
            .uid("jobs")
            .setParallelism(options.get(WorkerOptions.PLAN_PARALLELISM))
            .transform(
                "plan",
                TypeInformation.of(PlannedImage.class),
                new PlanOperator.Factory(options, parts, name))
            .uid("plan")
            .setParallelism(options.get(WorkerOptions.PLAN_PARALLELISM));

    DataStream<OutgoingRecord> rendered =
        AsyncDataStream.unorderedWait(
                planned.rebalance(),
                new RenderFunction(
                    options, parts, TopicAttemptLog::open, Cancellations::open, name),
                0,
                TimeUnit.MILLISECONDS,
                options.get(WorkerOptions.RENDER_IN_FLIGHT))
            .uid("render")
            .name("render and store")
            .setParallelism(options.get(WorkerOptions.RENDER_PARALLELISM));

    rendered
        .union(planned.getSideOutput(PlanOperator.ENDS))
        .sinkTo(new WatchedSink<>(results(options), options, parts))
        .uid("results")
        .name("results and dead letters")
        .setParallelism(1);

    env.fromSource(committedResults(options), WatermarkStrategy.noWatermarks(), "committed results")
        .uid("committed-results")
        .setParallelism(1)
        .transform("record files", Types.VOID, OffsetFilesOperator.records(options, parts.stores()))
        .uid("record-files")
        .setParallelism(1);

    env.fromSource(jobsAsTheyCame(options), WatermarkStrategy.noWatermarks(), "jobs as they came")
        .uid("jobs-as-they-came")
        .setParallelism(1)
        .transform("job archive", Types.VOID, OffsetFilesOperator.jobs(options, parts.stores()))
        .uid("job-archive")
        .setParallelism(1);

    SummaryStream.add(env, options, parts);
  }

  /**
   * The options with what the topology needs of Flink: checkpoints that commit exactly once and are
   * kept, a start from the newest of them, restarts that wait longer each time, no serializer that
   * is not chosen.
   *
   * @throws IllegalArgumentException when transactions could be aborted before they are committed
   */
  public static Configuration configure(Configuration options) throws IOException {
    Configuration configured = new Configuration(options);
    options
        .getOptional(WorkerOptions.CHECKPOINT_DIRECTORY)
        .ifPresent(dir -> configured.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, dir));
    configured.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    configured.set(
        CheckpointingOptions.CHECKPOINTING_INTERVAL,
        options.get(WorkerOptions.CHECKPOINT_INTERVAL));
    configured.set(
        CheckpointingOptions.CHECKPOINTING_TIMEOUT, options.get(WorkerOptions.CHECKPOINT_TIMEOUT));
    configured.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
    configured.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    configured.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 1);
    // Flink restores operator state byte by byte, each of them a read of the file where it is not
    // compressed.
    configured.set(ExecutionOptions.SNAPSHOT_COMPRESSION, true);
    configured.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
    configured.set(PipelineOptions.NAME, "chitra-worker");
    configured.set(PipelineOptions.GENERIC_TYPES, false);
    configured.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, Checkpoints.JOB_ID.toHexString());
    configured.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    configured.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofSeconds(1));
    configured.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        options.get(WorkerOptions.LONGEST_RESTART_WAIT));
    configured.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        Duration.ofMinutes(5));
    configured.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS,
        options.get(WorkerOptions.RESTARTS));
    TransactionBudget.of(configured)
        .refusal()
        .ifPresent(
            why -> {
              throw new IllegalArgumentException(why);
            });
    Optional<String> directory = configured.getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY);
    if (directory.isPresent() && !configured.contains(StateRecoveryOptions.SAVEPOINT_PATH)) {
      Checkpoints.find(directory.get())
          .ifPresent(
              newest -> {
                configured.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.path());
                configured.set(
                    StateRecoveryOptions.RESTORE_MODE,
                    switch (newest.kind()) {
                      case CHECKPOINT -> RecoveryClaimMode.CLAIM;
                      case SAVEPOINT -> RecoveryClaimMode.NO_CLAIM;
                    });
              });
    }
    return configured;
  }

  /**
   * What a cluster of its own should have: network buffers as small as Flink allows, and smaller
   * ones where tasks are slow, since every task in a buffer is one that a savepoint waits behind.
   */
  public static Configuration clusterDefaults() {
    Configuration cluster = new Configuration();
    cluster.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, MemorySize.parse("4kb"));
    cluster.set(TaskManagerOptions.BUFFER_DEBLOAT_ENABLED, true);
    cluster.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 3);
    return cluster;
  }

  private static Source<JobMessage, ?, ?> jobs(Configuration options, String name) {
    List<String> topics = JobTopics.names(options);
    JobMessageReader reader = new JobMessageReader();
    List<JobsSource.Lane<JobMessage>> lanes =
        topics.stream()
            .map(
                topic ->
                    new JobsSource.Lane<>(
                        topic,
                        source(options, "plan", reader, List.of(topic))
                            .setProperty(CONSUMER_METRICS, isNormal(options, topic))
                            .build()))
            .toList();
    return new JobsSource<>(source(options, "plan", reader, topics).build(), lanes, name);
  }

  private static String isNormal(Configuration options, String topic) {
    return Boolean.toString(topic.equals(options.get(WorkerOptions.TOPIC_JOBS)));
  }

  private static Source<ResultRow, ?, ?> committedResults(Configuration options) {
    List<String> topics = List.of(options.get(WorkerOptions.TOPIC_RESULTS));
    return source(options, "records", new ResultRowReader(), topics).build();
  }

  /** Jobs, and what ended without a picture: all that a replay asks of the topics. */
  private static Source<JobRow, ?, ?> jobsAsTheyCame(Configuration options) {
    List<String> topics = new ArrayList<>(JobTopics.names(options));
    topics.add(options.get(WorkerOptions.TOPIC_CANCELLED));
    topics.add(options.get(WorkerOptions.TOPIC_DEAD_LETTERS));
    return source(options, "archive", new JobRowReader(), topics).build();
  }

  private static <T> KafkaSourceBuilder<T> source(
      Configuration options,
      String reader,
      KafkaRecordDeserializationSchema<T> deserializer,
      List<String> topics) {
    String group = options.get(WorkerOptions.KAFKA_TRANSACTION_PREFIX) + "-" + reader;
    return KafkaSource.<T>builder()
        .setProperties(Clients.kafka(options))
        .setTopics(topics)
        .setGroupId(group)
        .setClientIdPrefix(group + "-" + String.join("-", topics))
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setProperty("isolation.level", "read_committed")
        .setDeserializer(deserializer);
  }

  private static KafkaSink<OutgoingRecord> results(Configuration options) {
    return KafkaSink.<OutgoingRecord>builder()
        .setKafkaProducerConfig(Clients.kafka(options))
        .setBootstrapServers(options.get(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS))
        .setRecordSerializer(
            new OutgoingRecordWriter(
                options.get(WorkerOptions.TOPIC_RESULTS),
                options.get(WorkerOptions.TOPIC_DEAD_LETTERS),
                options.get(WorkerOptions.TOPIC_CANCELLED)))
        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
        .setTransactionalIdPrefix(options.get(WorkerOptions.KAFKA_TRANSACTION_PREFIX))
        .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
        .setProperty(
            "transaction.timeout.ms",
            Long.toString(options.get(WorkerOptions.KAFKA_TRANSACTION_TIMEOUT).toMillis()))
        .setProperty("max.request.size", Integer.toString(MAX_REQUEST_BYTES))
        .setProperty("compression.type", "lz4")
        .setProperty("linger.ms", Integer.toString(LINGER_MILLIS))
        .setProperty("batch.size", Integer.toString(BATCH_BYTES))
        .build();
  }
}
