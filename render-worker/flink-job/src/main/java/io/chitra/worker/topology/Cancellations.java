package io.chitra.worker.topology;

import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Cancel;
import io.chitra.schemas.Codec;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredSchemas;
import io.chitra.worker.task.Cancels;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the topic of cancellations: one a task, with a consumer of its own, outside of Flink's
 * checkpoints, since what is cancelled stays so.
 *
 * <p>{@link #open} reads what the topic has, so that nothing that was cancelled before is rendered
 * after a start; {@link #follow} starts the one thread that reads on until {@link #close}. The
 * questions may come from any thread.
 */
final class Cancellations implements CancelFeed {

  private static final Logger LOG = LoggerFactory.getLogger(Cancellations.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final String topic;
  private final Consumer<byte[], byte[]> consumer;
  private final Codec<Cancel> codec;
  private final Cancels cancels = new Cancels();

  private @Nullable Thread follower;
  private volatile boolean closed;
  private volatile @Nullable RuntimeException failure;

  private Cancellations(String topic, Consumer<byte[], byte[]> consumer, Codec<Cancel> codec) {
    this.topic = topic;
    this.consumer = consumer;
    this.codec = codec;
  }

  /**
   * Reads the topic to its end.
   *
   * @param reader a name for this one among the worker's tasks
   * @throws IllegalStateException when that does not come to an end
   */
  static Cancellations open(Configuration options, String reader, ObjectStore store) {
    String topic = options.get(WorkerOptions.TOPIC_CANCELS);
    Properties properties = Clients.kafka(options);
    properties.put(
        ConsumerConfig.CLIENT_ID_CONFIG,
        options.get(WorkerOptions.KAFKA_TRANSACTION_PREFIX) + "-cancels-" + reader);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    Cancellations opened =
        new Cancellations(topic, consumer, Codec.cancels().withSchemas(new StoredSchemas(store)));
    try {
      opened.readToEnd();
      return opened;
    } catch (RuntimeException e) {
      consumer.close();
      throw e;
    }
  }

  private void readToEnd() {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(
            "Cannot read what is cancelled: topic %s was not at its end after %d s; are its brokers up?"
                .formatted(topic, PATIENCE.toSeconds()));
      }
      take();
    }
  }

  /** Whether something new has come. */
  private boolean take() {
    boolean some = false;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      try {
        byte[] value = record.value();
        cancels.add(codec.decode(value == null ? new byte[0] : value));
        some = true;
      } catch (BadRecordException e) {
        LOG.warn(
            "Passed over {}-{}@{}, which cancels nothing: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            String.valueOf(e.getMessage()));
      }
    }
    return some;
  }

  @Override
  public void follow(Runnable changed) {
    Thread thread = new Thread(() -> run(changed), "chitra-cancellations");
    thread.setDaemon(true);
    follower = thread;
    thread.start();
  }

  private void run(Runnable changed) {
    try {
      while (!closed) {
        if (take()) {
          changed.run();
        }
      }
    } catch (WakeupException | RejectedExecutionException e) {
      LOG.debug("The task ends", e);
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.error("Cannot follow topic {}; the task that asks next fails", topic, e);
        failure = e;
      }
    }
  }

  @Override
  public Cancels cancels() {
    RuntimeException why = failure;
    if (why != null) {
      throw new IllegalStateException(
          "Cannot follow what is cancelled in topic %s: %s".formatted(topic, why), why);
    }
    return cancels;
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    Thread thread = follower;
    if (thread != null) {
      consumer.wakeup();
      thread.join();
    }
    consumer.close();
  }
}
