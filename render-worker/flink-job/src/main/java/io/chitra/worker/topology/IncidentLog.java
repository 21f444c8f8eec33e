package io.chitra.worker.topology;

import io.chitra.schemas.Codec;
import io.chitra.schemas.Incident;
import io.chitra.schemas.IncidentKind;
import io.chitra.worker.task.Printable;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Tells the topic {@code render.incidents} what went wrong in spite of all. Opens a producer for
 * each incident, since there should be none. Blocks.
 */
final class IncidentLog {

  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final Properties clients;
  private final String topic;
  private final InstantSource clock;

  IncidentLog(Configuration options, InstantSource clock) {
    this.clients = Clients.kafka(options);
    this.topic = options.get(WorkerOptions.TOPIC_INCIDENTS);
    this.clock = clock;
  }

  /**
   * Returns when all replicas have it.
   *
   * @param message for a person
   */
  void report(IncidentKind kind, String message) throws IOException, InterruptedException {
    byte[] incident =
        Codec.incidents()
            .encode(
                Incident.newBuilder()
                    .setKind(kind)
                    .setMessage(Printable.of(message))
                    .setHappenedAt(clock.instant())
                    .build());
    Properties properties = new Properties();
    properties.putAll(clients);
    properties.put("acks", "all");
    properties.put("enable.idempotence", true);
    Producer<byte[], byte[]> producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      producer.send(new ProducerRecord<>(topic, incident)).get();
    } catch (ExecutionException | KafkaException e) {
      throw new IOException("Cannot report to %s: %s".formatted(topic, e), e);
    } finally {
      producer.close(CLOSING);
    }
  }
}
