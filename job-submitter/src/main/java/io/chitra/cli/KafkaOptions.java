package io.chitra.cli;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.Topics;
import io.chitra.net.KafkaTransport;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a Kafka cluster is that runs elsewhere. */
final class KafkaOptions {

  @Option(
      names = "--kafka",
      paramLabel = "HOST:PORT",
      order = 70,
      description = "Kafka that runs elsewhere; several brokers with commas.")
  private @Nullable String bootstrapServers;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      order = 71,
      description = "Properties of its clients (security.protocol, sasl.jaas.config, ...).")
  private @Nullable Path properties;

  @Option(
      names = "--transaction-prefix",
      paramLabel = "NAME",
      order = 71,
      description =
          "What the ids of its worker's transactions and groups begin with, where the worker was"
              + " told another chitra.kafka.transaction-prefix than chitra-worker.")
  private @Nullable String transactionPrefix;

  @Option(
      names = "--topic",
      paramLabel = "KIND=NAME",
      order = 71,
      description =
          "The name of a topic, where its worker was told another one with chitra.topics.KIND; may"
              + " be given several times. KIND: ${COMPLETION-CANDIDATES}.")
  private Map<Topic, String> topics = new EnumMap<>(Topic.class);

  /** The cluster elsewhere, if one is named. */
  Optional<KafkaCluster> cluster() throws CliException {
    if (bootstrapServers == null) {
      refuseWithoutKafka("--transaction-prefix", transactionPrefix != null);
      refuseWithoutKafka("--topic", !topics.isEmpty());
      return Optional.empty();
    }
    Map<String, String> clients = properties();
    Optional<String> refusal =
        KafkaTransport.refusal(bootstrapServers, clients, "in --kafka-config FILE ");
    if (refusal.isPresent()) {
      throw CliException.usage(refusal.get());
    }
    return Optional.of(
        new KafkaCluster(
            bootstrapServers,
            clients,
            transactionPrefix == null ? KafkaCluster.WORKER_PREFIX : transactionPrefix,
            topics()));
  }

  private static void refuseWithoutKafka(String option, boolean given) throws CliException {
    if (given) {
      throw CliException.usage(
          "Cannot use %s with the stack of this machine: give --kafka too".formatted(option));
    }
  }

  /** The names of the worker's topics. */
  Topics topics() throws CliException {
    try {
      return new Topics(topics);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("Cannot use --topic: " + e.getMessage());
    }
  }

  /** As options of a worker. */
  Map<String, String> workerOptions() throws CliException {
    Map<String, String> options = new HashMap<>();
    if (bootstrapServers != null) {
      options.put("chitra.kafka.bootstrap-servers", bootstrapServers);
    }
    if (transactionPrefix != null) {
      options.put("chitra.kafka.transaction-prefix", transactionPrefix);
    }
    topics().others().forEach((topic, name) -> options.put(topic.workerOption(), name));
    properties().forEach((name, value) -> options.put("chitra.kafka.properties." + name, value));
    return options;
  }

  private Map<String, String> properties() throws CliException {
    if (properties == null) {
      return Map.of();
    }
    Properties read = new Properties();
    try (Reader in = Files.newBufferedReader(properties)) {
      read.load(in);
    } catch (IOException | IllegalArgumentException e) {
      throw CliException.usage(
          "Cannot read --kafka-config %s: %s".formatted(properties, e.getMessage()));
    }
    Map<String, String> options = new HashMap<>();
    read.stringPropertyNames().forEach(name -> options.put(name, read.getProperty(name)));
    return options;
  }
}
