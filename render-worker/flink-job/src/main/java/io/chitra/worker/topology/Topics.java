package io.chitra.worker.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The worker's topics. They are made where they are missing. Most keep their records for ever; one
 * of those that forgets or compacts is refused, since a dataset could then not be replayed from it.
 * Topics that only say how things stand are compacted.
 */
public final class Topics {

  private static final int TIMEOUT_MILLIS = 60_000;

  /**
   * A dead letter carries the bytes of a record that may itself be as large as the broker lets in.
   */
  private static final int DEAD_LETTER_BYTES = 8 * 1024 * 1024;

  /** Between two looks at topics that are not there yet. */
  private static final long LOOK_MILLIS = 100;

  private Topics() {}

  /**
   * Makes what is missing and checks what is there.
   *
   * @throws TopicException when a topic would lose records, or the broker cannot be asked
   */
  public static void ensure(Configuration options) throws TopicException {
    Properties properties = Clients.kafka(options);
    properties.put("default.api.timeout.ms", TIMEOUT_MILLIS);
    properties.put("request.timeout.ms", TIMEOUT_MILLIS / 2);
    String servers = options.get(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS);
    try (Admin admin = Admin.create(properties)) {
      create(admin, options);
      if (!options.get(WorkerOptions.TOPIC_LIMITED_RETENTION)) {
        refuseForgetful(admin, keptForEver(options));
      }
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
                .configs(compacted()),
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
