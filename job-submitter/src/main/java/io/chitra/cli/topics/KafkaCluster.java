package io.chitra.cli.topics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka cluster as the command line uses it: where it is, and how its clients are set. Makes
 * clients that never create topics. Immutable; safe for use by several threads.
 *
 * @param bootstrapServers HOST:PORT, several with commas
 * @param options further properties of every client, as for TLS and SASL
 * @param workerPrefix what the ids of the worker's groups and transactions begin with
 * @param topics the worker's
 */
public record KafkaCluster(
    String bootstrapServers, Map<String, String> options, String workerPrefix, Topics topics) {

  /** The worker's prefix, unless it is told another. */
  public static final String WORKER_PREFIX = "chitra-worker";

  /** The worker's notes are its own. */
  private static final Set<Topic> USED = EnumSet.complementOf(EnumSet.of(Topic.ATTEMPTS));

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final String SINGLE_FETCH_BYTES = "65536";
  private static final Duration TOPIC_POLL = Duration.ofMillis(250);

  public KafkaCluster {
    options = Map.copyOf(options);
  }

  /** One whose worker has the usual prefix and topics. */
  public KafkaCluster(String bootstrapServers, Map<String, String> options) {
    this(bootstrapServers, options, WORKER_PREFIX, Topics.USUAL);
  }

  /** The secrets that options may hold are left out. */
  @Override
  public String toString() {
    return bootstrapServers;
  }

  /** A producer whose records are written once, in order, and only then acknowledged. */
  public Producer<byte[], byte[]> producer() throws TopicException {
    Properties properties = properties();
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    try {
      return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw unreachable(e);
    }
  }

  /** A consumer of committed records, in no group. */
  public Consumer<byte[], byte[]> consumer() throws TopicException {
    Properties properties = properties();
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(
        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(PATIENCE.toMillis()));
    try {
      return new KafkaConsumer<>(
          properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw unreachable(e);
    }
  }

  /** Likewise, one that fetches a record at a time. */
  Consumer<byte[], byte[]> singleRecordConsumer() throws TopicException {
    return with(Map.of(
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            "1",
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            SINGLE_FETCH_BYTES))
        .consumer();
  }

  private KafkaCluster with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(options);
    all.putAll(more);
    return new KafkaCluster(bootstrapServers, all, workerPrefix, topics);
  }

  /**
   * The end of every partition of a topic: the offset that the next record gets, or one before it.
   */
  public Map<TopicPartition, Long> ends(Set<Topic> topics)
      throws TopicException, InterruptedException {
    return offsets(OffsetSpec.latest(), topics);
  }

  /**
   * The first offset of every partition of a topic whose record is not older; where there is none,
   * the partition's end.
   */
  public Map<TopicPartition, Long> offsetsSince(Instant time, Set<Topic> topics)
      throws TopicException, InterruptedException {
    Map<TopicPartition, Long> offsets =
        offsets(OffsetSpec.forTimestamp(time.toEpochMilli()), topics);
    Map<TopicPartition, Long> ends = ends(topics);
    offsets.replaceAll(
        (partition, offset) -> offset < 0 ? ends.getOrDefault(partition, 0L) : offset);
    return offsets;
  }

  /** The first offset that every partition of a topic still has. */
  public Map<TopicPartition, Long> starts(Set<Topic> topics)
      throws TopicException, InterruptedException {
    return offsets(OffsetSpec.earliest(), topics);
  }

  /**
   * Hands on what topics have from their beginning to where they end now, committed records only.
   */
  public void read(Receiver receiver, Set<Topic> topics)
      throws TopicException, InterruptedException {
    readFrom(starts(topics), receiver, () -> false);
  }

  /** Where topics end now for a reader of committed records. */
  Map<TopicPartition, Long> committedEnds(Set<Topic> topics)
      throws TopicException, InterruptedException {
    Map<TopicPartition, Long> starts = starts(topics);
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      return consumer.endOffsets(starts.keySet());
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      throw unreachable(e);
    }
  }

  /**
   * Likewise, from given offsets on.
   *
   * @param enough asked now and then whether to read no further
   */
  void readFrom(Map<TopicPartition, Long> starts, Receiver receiver, BooleanSupplier enough)
      throws TopicException, InterruptedException {
    readBetween(starts, null, receiver, enough);
  }

  /**
   * Likewise, up to given offsets.
   *
   * @param upTo null: to where the topics end now
   */
  void readBetween(
      Map<TopicPartition, Long> starts,
      @Nullable Map<TopicPartition, Long> upTo,
      Receiver receiver,
      BooleanSupplier enough)
      throws TopicException, InterruptedException {
    try (Consumer<byte[], byte[]> consumer = consumer()) {
      consumer.assign(starts.keySet());
      starts.forEach(consumer::seek);
      Map<TopicPartition, Long> ends = upTo == null ? consumer.endOffsets(starts.keySet()) : upTo;
      while (!enough.getAsBoolean()
          && ends.entrySet().stream()
              .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(POLL).forEach(receiver::receive);
      }
    } catch (InterruptException e) {
      throw interrupted(e);
    } catch (KafkaException e) {
      throw unreachable(e);
    }
  }

  /** Takes records, one at a time. */
  public interface Receiver {
    void receive(ConsumerRecord<byte[], byte[]> record);
  }

  private Map<TopicPartition, Long> offsets(OffsetSpec spec, Set<Topic> topics)
      throws TopicException, InterruptedException {
    try (Admin admin = admin()) {
      Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
      for (TopicDescription topic :
          await(admin.describeTopics(this.topics.names(topics)).allTopicNames()).values()) {
        topic
            .partitions()
            .forEach(p -> asked.put(new TopicPartition(topic.name(), p.partition()), spec));
      }
      Map<TopicPartition, Long> offsets = new HashMap<>();
      await(admin.listOffsets(asked).all()).forEach((p, end) -> offsets.put(p, end.offset()));
      return offsets;
    } catch (ExecutionException | KafkaException e) {
      throw unreachable(e);
    }
  }

  /**
   * Waits until the worker has made the topics.
   *
   * @throws TopicException when they are not there after that time
   */
  public void awaitTopics(Duration patience) throws TopicException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    try (Admin admin = admin()) {
      List<String> missing = missingTopics(admin);
      while (!missing.isEmpty()) {
        if (System.nanoTime() >= deadline) {
          throw new TopicException(
              ("Cannot use Kafka at %s: topic %s is not there; the worker makes the topics, so"
                      + " start one first: chitra worker --kafka %s ...")
                  .formatted(bootstrapServers, String.join(", ", missing), bootstrapServers));
        }
        Thread.sleep(TOPIC_POLL.toMillis());
        missing = missingTopics(admin);
      }
    } catch (ExecutionException | KafkaException e) {
      throw unreachable(e);
    }
  }

  /**
   * Makes topics for the time of one run, of one partition each.
   *
   * @param maxRecordBytes of their records
   */
  public void createTopics(int maxRecordBytes, String... topics)
      throws TopicException, InterruptedException {
    Map<String, String> config =
        Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxRecordBytes));
    try (Admin admin = admin()) {
      List<NewTopic> made = new ArrayList<>();
      for (String topic : topics) {
        made.add(new NewTopic(topic, Optional.of(1), Optional.empty()).configs(config));
      }
      await(admin.createTopics(made).all());
    } catch (ExecutionException | KafkaException e) {
      throw unreachable(e);
    }
  }

  /** Removes topics with all that they hold. */
  public void deleteTopics(String... topics) throws TopicException, InterruptedException {
    try (Admin admin = admin()) {
      await(admin.deleteTopics(List.of(topics)).all());
    } catch (ExecutionException | KafkaException e) {
      throw unreachable(e);
    }
  }

  /** The same, with producers that send records of up to so many bytes. */
  public KafkaCluster forRecordsOf(int maxBytes) {
    return with(Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(maxBytes)));
  }

  private List<String> missingTopics(Admin admin) throws ExecutionException, InterruptedException {
    List<String> missing = new ArrayList<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(topics.names(USED)).topicNameValues().entrySet()) {
      try {
        await(topic.getValue());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        missing.add(topic.getKey());
      }
    }
    missing.sort(null);
    return missing;
  }

  private static <T> T await(KafkaFuture<T> future)
      throws ExecutionException, InterruptedException {
    return future.get();
  }

  Admin admin() throws TopicException {
    Properties properties = properties();
    int patience = Math.toIntExact(PATIENCE.toMillis());
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, patience);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, patience);
    try {
      return Admin.create(properties);
    } catch (KafkaException e) {
      throw unreachable(e);
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(options);
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "chitra");
    return properties;
  }

  /** The interruption that a client has told of, as the rest of the program knows it. */
  public static InterruptedException interrupted(InterruptException e) {
    Thread.interrupted(); // the client has set it again
    return (InterruptedException) new InterruptedException().initCause(e);
  }

  /** The reason that a client gives, as this program says it. */
  public TopicException unreachable(Exception e) {
    Throwable cause = e;
    while (cause.getCause() != null
        && (cause instanceof ExecutionException || cause.getClass() == KafkaException.class)) {
      cause = cause.getCause();
    }
    return new TopicException(
        "Cannot use Kafka at %s: %s; is a broker listening there, and are the --kafka-config properties right?"
            .formatted(bootstrapServers, cause.getMessage()),
        cause);
  }
}
