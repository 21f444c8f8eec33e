package io.chitra.worker.topology;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * The worker's notes: a topic of one partition, of which the latest value of each key counts.
 * Written outside the sink's transactions, by an idempotent producer, in the order of the calls.
 *
 * <p>Safe for use by several threads. A thread of its own sends, and completes the futures; whoever
 * goes on from them must not block.
 */
final class CompactedTopic implements AutoCloseable {

  /** Every note counts, however old. */
  static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final Properties clients;
  private final TopicPartition partition;
  private final Producer<String, @Nullable String> producer;
  private final ExecutorService thread;

  /**
   * A note that was read.
   *
   * @param writtenAt by the broker's clock
   */
  private record Note(String value, long writtenAt) {}

  private CompactedTopic(Properties clients, String topic, String client) {
    this.clients = clients;
    this.partition = new TopicPartition(topic, 0);
    Properties properties = new Properties();
    properties.putAll(clients);
    properties.put("client.id", client);
    properties.put("acks", "all");
    properties.put("enable.idempotence", true);
    properties.put("linger.ms", 0);
    this.producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    this.thread = Executors.newSingleThreadExecutor(new ExecutorThreadFactory(client));
  }

  /**
   * @param client names the client and its thread
   */
  static CompactedTopic open(Configuration options, String client) {
    return new CompactedTopic(
        Clients.kafka(options), options.get(WorkerOptions.TOPIC_ATTEMPTS), client);
  }

  /**
   * Blocks until the topic is read to its end.
   *
   * @param keyPrefix of the keys that are wanted
   * @param remembered what is older than the newest note by more than this is left out; by the
   *     broker's clock alone
   * @return the latest values, by their keys without the prefix
   */
  Map<String, String> read(String keyPrefix, Duration remembered) throws IOException {
    Properties properties = new Properties();
    properties.putAll(clients);
    properties.put("enable.auto.commit", false);
    properties.put("allow.auto.create.topics", false);
    properties.put("auto.offset.reset", "earliest");
    Map<String, Note> latest = new HashMap<>();
    long newest = Long.MIN_VALUE;
    try (Consumer<String, String> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      long heard = System.nanoTime();
      while (consumer.position(partition) < end) {
        var records = consumer.poll(POLL);
        if (!records.isEmpty()) {
          heard = System.nanoTime();
        } else if (System.nanoTime() - heard > SILENCE.toNanos()) {
          throw new IOException(
              "Cannot read %s: nothing came for %d s".formatted(partition, SILENCE.toSeconds()));
        }
        for (ConsumerRecord<String, @Nullable String> record : records) {
          take(record, keyPrefix, latest);
          newest = Math.max(newest, record.timestamp());
        }
      }
      return younger(latest, newest, remembered.toMillis());
    } catch (KafkaException e) {
      throw new IOException("Cannot read %s: %s".formatted(partition, e), e);
    }
  }

  private static void take(
      ConsumerRecord<String, @Nullable String> record, String keyPrefix, Map<String, Note> latest) {
    if (record.key() == null || !record.key().startsWith(keyPrefix)) {
      return;
    }
    String key = record.key().substring(keyPrefix.length());
    String value = record.value();
    if (value == null) {
      latest.remove(key);
    } else {
      latest.put(key, new Note(value, record.timestamp()));
    }
  }

  private static Map<String, String> younger(Map<String, Note> notes, long newest, long age) {
    Map<String, String> younger = new HashMap<>();
    notes.forEach(
        (key, note) -> {
          if (newest - note.writtenAt <= age) {
            younger.put(key, note.value);
          }
        });
    return younger;
  }

  /**
   * Never blocks.
   *
   * @param value null: the key is forgotten
   * @return done when all replicas have it
   */
  CompletableFuture<Void> put(String key, @Nullable String value) {
    CompletableFuture<Void> put = new CompletableFuture<>();
    later(
        put,
        () ->
            producer.send(
                new ProducerRecord<String, @Nullable String>(
                    partition.topic(), partition.partition(), key, value),
                (metadata, failure) -> later(put, () -> answer(put, failure))));
    return put;
  }

  private void later(CompletableFuture<Void> put, Runnable step) {
    try {
      thread.execute(
          () -> {
            try {
              step.run();
            } catch (KafkaException e) {
              answer(put, e);
            }
          });
    } catch (RejectedExecutionException e) {
      put.completeExceptionally(new IOException("Cannot write to " + partition + ": closed", e));
    }
  }

  private void answer(CompletableFuture<Void> put, @Nullable Exception failure) {
    if (failure == null) {
      put.complete(null);
    } else {
      put.completeExceptionally(
          new IOException("Cannot write to %s: %s".formatted(partition, failure), failure));
    }
  }

  /** What was put and not acknowledged yet may be lost. */
  @Override
  public void close() {
    producer.close(CLOSING);
    thread.shutdown();
  }
}
