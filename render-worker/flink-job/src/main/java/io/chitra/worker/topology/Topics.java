package io.chitra.worker.topology;

import static java.util.Objects.requireNonNull;

import io.chitra.net.KafkaTransport;
import io.chitra.worker.task.DeadLetters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's topics. They are made where they are missing. Most keep their records for ever; one
 * of those that forgets or compacts is refused, since a dataset could then not be replayed from it.
 * Topics that only say how things stand are compacted.
 */
public final class Topics {

  private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

  private static final int TIMEOUT_MILLIS = 60_000;

  private static final String MAX_TRANSACTION = "transaction.max.timeout.ms";

  /**
   * A dead letter carries the bytes of a record that may itself be as large as the broker lets in.
   */
  private static final int DEAD_LETTER_BYTES = 8 * 1024 * 1024;

  /** Of the notes of attempts and commits; each takes about a hundred bytes. */
  private static final int NOTES_SEGMENT_BYTES = 4 * 1024 * 1024;

  /** Between two looks at topics that are not there yet. */
  private static final long LOOK_MILLIS = 100;

  private Topics() {}

  /**
   * Makes what is missing and checks what is there.
   *
   * @throws TopicException when a topic would lose records, the broker is not for transactions as
   *     long as the worker's, or it cannot be asked
   */
  public static void ensure(Configuration options) throws TopicException {
    refuseUnaskedPlaintext(options);
    Properties properties = Clients.kafka(options);
    properties.put("default.api.timeout.ms", TIMEOUT_MILLIS);
    properties.put("request.timeout.ms", TIMEOUT_MILLIS / 2);
    String servers = options.get(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS);
    try (Admin admin = Admin.create(properties)) {
      refuseLongTransactions(admin, options);
      create(admin, options);
      if (!options.get(WorkerOptions.TOPIC_LIMITED_RETENTION)) {
        refuseForgetful(admin, keptForEver(options));
      }
      refuseSmallDeadLetters(admin, options);
    } catch (ExecutionException e) {
      throw new TopicException(
          "Cannot prepare the topics on %s: %s".formatted(servers, e.getCause()), e);
    } catch (KafkaException e) {
      throw new TopicException("Cannot reach Kafka at %s: %s".formatted(servers, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TopicException("Cannot prepare the topics on " + servers + ": interrupted", e);
    }
  }

  private static void refuseUnaskedPlaintext(Configuration options) throws TopicException {
    Optional<String> refusal =
        KafkaTransport.refusal(
            options.get(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS),
            options.get(WorkerOptions.KAFKA_PROPERTIES),
            WorkerOptions.KAFKA_PROPERTIES.key() + ".");
    if (refusal.isPresent()) {
      throw new TopicException(refusal.get());
    }
  }

  /** Brokers that do not tell are left to refuse the transactions themselves. */
  private static void refuseLongTransactions(Admin admin, Configuration options)
      throws TopicException, ExecutionException, InterruptedException {
    List<ConfigResource> brokers =
        admin.describeCluster().nodes().get().stream()
            .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
            .toList();
    Map<ConfigResource, Config> described;
    try {
      described = admin.describeConfigs(brokers).all().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        LOG.warn(
            "The brokers do not tell how long transactions may be: {}", e.getCause().toString());
        return;
      }
      throw e;
    }
    for (var broker : described.entrySet()) {
      String allowed = value(broker.getValue(), MAX_TRANSACTION);
      Optional<String> refusal =
          allowed.isEmpty()
              ? Optional.empty()
              : TransactionBudget.refusal(
                  options.get(WorkerOptions.KAFKA_TRANSACTION_TIMEOUT),
                  broker.getKey().name(),
                  Duration.ofMillis(Long.parseLong(allowed)));
      if (refusal.isPresent()) {
        throw new TopicException(refusal.get());
      }
    }
  }

  private static List<String> keptForEver(Configuration options) {
    return List.of(
        options.get(WorkerOptions.TOPIC_JOBS_HIGH),
        options.get(WorkerOptions.TOPIC_JOBS),
        options.get(WorkerOptions.TOPIC_JOBS_LOW),
        options.get(WorkerOptions.TOPIC_RESULTS),
        options.get(WorkerOptions.TOPIC_DEAD_LETTERS),
        options.get(WorkerOptions.TOPIC_CANCELLED),
        options.get(WorkerOptions.TOPIC_CANCELS),
        options.get(WorkerOptions.TOPIC_INCIDENTS));
  }

  private static void create(Admin admin, Configuration options)
      throws ExecutionException, InterruptedException {
    int partitions = options.get(WorkerOptions.TOPIC_PARTITIONS);
    short replicas = options.get(WorkerOptions.TOPIC_REPLICATION).shortValue();
    List<NewTopic> topics =
        List.of(
            new NewTopic(options.get(WorkerOptions.TOPIC_JOBS_HIGH), partitions, replicas)
                .configs(keptForEver()),
            new NewTopic(options.get(WorkerOptions.TOPIC_JOBS), partitions, replicas)
                .configs(keptForEver()),
            new NewTopic(options.get(WorkerOptions.TOPIC_JOBS_LOW), partitions, replicas)
                .configs(keptForEver()),
            new NewTopic(options.get(WorkerOptions.TOPIC_RESULTS), partitions, replicas)
                .configs(keptForEver()),
            new NewTopic(options.get(WorkerOptions.TOPIC_DEAD_LETTERS), 1, replicas)
                .configs(withLargeRecords(keptForEver())),
            new NewTopic(options.get(WorkerOptions.TOPIC_CANCELLED), 1, replicas)
                .configs(keptForEver()),
            new NewTopic(options.get(WorkerOptions.TOPIC_CANCELS), 1, replicas)
                .configs(keptForEver()),
            new NewTopic(options.get(WorkerOptions.TOPIC_INCIDENTS), 1, replicas)
                .configs(keptForEver()),
            new NewTopic(options.get(WorkerOptions.TOPIC_ATTEMPTS), 1, replicas)
                .configs(withSmallSegments(compacted())),
            new NewTopic(options.get(WorkerOptions.TOPIC_SUMMARY), partitions, replicas)
                .configs(compacted()));
    for (var created : admin.createTopics(topics).values().values()) {
      try {
        created.get();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof TopicExistsException)) {
          throw e;
        }
      }
    }
  }

  /** The newest submission wins by the broker's clock, so records carry that. */
  private static Map<String, String> keptForEver() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        TopicConfig.CLEANUP_POLICY_DELETE,
        TopicConfig.RETENTION_MS_CONFIG,
        "-1",
        TopicConfig.RETENTION_BYTES_CONFIG,
        "-1",
        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
        "LogAppendTime");
  }

  private static Map<String, String> compacted() {
    return Map.of(
        TopicConfig.CLEANUP_POLICY_CONFIG,
        TopicConfig.CLEANUP_POLICY_COMPACT,
        TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
        "LogAppendTime");
  }

  /** Read as a whole at each start: what is outdated is to go soon. */
  private static Map<String, String> withSmallSegments(Map<String, String> configs) {
    Map<String, String> smaller = new HashMap<>(configs);
    smaller.put(TopicConfig.SEGMENT_MS_CONFIG, Long.toString(TimeUnit.HOURS.toMillis(1)));
    smaller.put(TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(NOTES_SEGMENT_BYTES));
    return smaller;
  }

  private static Map<String, String> withLargeRecords(Map<String, String> configs) {
    Map<String, String> larger = new HashMap<>(configs);
    larger.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(DEAD_LETTER_BYTES));
    return larger;
  }

  private static void refuseForgetful(Admin admin, List<String> topics)
      throws TopicException, ExecutionException, InterruptedException {
    List<ConfigResource> resources =
        topics.stream().map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic)).toList();
    List<String> problems = new ArrayList<>();
    for (var described : configs(admin, resources).entrySet()) {
      for (String setting :
          List.of(
              TopicConfig.CLEANUP_POLICY_CONFIG,
              TopicConfig.RETENTION_MS_CONFIG,
              TopicConfig.RETENTION_BYTES_CONFIG)) {
        String value = value(described.getValue(), setting);
        String wanted = keptForEver().get(setting);
        if (!value.equals(wanted)) {
          problems.add(
              "topic %s has %s=%s instead of %s"
                  .formatted(described.getKey().name(), setting, value, wanted));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new TopicException(
          "Cannot start the worker: %s; a dataset could not be replayed. Change the topics, or set %s"
              .formatted(String.join(", ", problems), WorkerOptions.TOPIC_LIMITED_RETENTION.key()));
    }
  }

  /** A dead letter has the bytes of its job: one that does not fit would stop everything. */
  private static void refuseSmallDeadLetters(Admin admin, Configuration options)
      throws TopicException, ExecutionException, InterruptedException {
    ConfigResource deadLetters = topic(options.get(WorkerOptions.TOPIC_DEAD_LETTERS));
    long room = maxBytes(configs(admin, List.of(deadLetters)), deadLetters);
    for (ConfigOption<String> option :
        List.of(
            WorkerOptions.TOPIC_JOBS_HIGH,
            WorkerOptions.TOPIC_JOBS,
            WorkerOptions.TOPIC_JOBS_LOW)) {
      ConfigResource jobs = topic(options.get(option));
      long largest =
          Math.min(
              2 * maxBytes(configs(admin, List.of(jobs)), jobs), DeadLetters.MAX_ORIGINAL_BYTES);
      if (room < largest + DeadLetters.MAX_OVERHEAD_BYTES) {
        throw new TopicException(
            "Cannot start the worker: topic %s has max.message.bytes=%d, and a dead letter of a job in %s may need %d; raise it"
                .formatted(
                    deadLetters.name(),
                    room,
                    jobs.name(),
                    largest + DeadLetters.MAX_OVERHEAD_BYTES));
      }
    }
  }

  private static ConfigResource topic(String name) {
    return new ConfigResource(ConfigResource.Type.TOPIC, name);
  }

  private static long maxBytes(Map<ConfigResource, Config> configs, ConfigResource topic) {
    return Long.parseLong(
        value(requireNonNull(configs.get(topic)), TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
  }

  /** A topic that was made a moment ago may not have come round to the broker that is asked. */
  private static Map<ConfigResource, Config> configs(Admin admin, List<ConfigResource> topics)
      throws ExecutionException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
    while (true) {
      try {
        return admin.describeConfigs(topics).all().get();
      } catch (ExecutionException e) {
        boolean late = System.nanoTime() - deadline > 0;
        if (late || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  private static String value(Config config, String setting) {
    return config.get(setting) == null ? "" : String.valueOf(config.get(setting).value());
  }
}
