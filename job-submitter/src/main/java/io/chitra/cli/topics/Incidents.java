package io.chitra.cli.topics;

import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.Incident;
import io.chitra.schemas.IncidentKind;
import io.chitra.schemas.SchemaSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** What has broken a promise in spite of all, and its repairs. Used by one thread. */
public final class Incidents {

  private final KafkaCluster kafka;
  private final Codec<Incident> codec;

  public Incidents(KafkaCluster kafka, SchemaSource schemas) {
    this.kafka = kafka;
    this.codec = Codec.incidents().withSchemas(schemas);
  }

  /** The incidents since the last repair, oldest first. */
  public List<Incident> unsettled() throws TopicException, InterruptedException {
    List<Incident> unsettled = new ArrayList<>();
    kafka.read(record -> take(record, unsettled), Set.of(Topic.INCIDENTS));
    return unsettled;
  }

  private void take(ConsumerRecord<byte[], byte[]> record, List<Incident> unsettled) {
    try {
      Incident incident = codec.decode(record.value() == null ? new byte[0] : record.value());
      if (incident.getKind() == IncidentKind.REPAIRED) {
        unsettled.clear();
      } else {
        unsettled.add(incident);
      }
    } catch (BadRecordException e) {
      unsettled.add(
          new Incident(
              IncidentKind.UNKNOWN,
              "Something that cannot be read: " + e.getMessage(),
              Instant.ofEpochMilli(record.timestamp())));
    }
  }

  /** Notes that all that was missing was asked for again. */
  public void repaired(String message, Instant at) throws TopicException, InterruptedException {
    Incident repaired = new Incident(IncidentKind.REPAIRED, message, at);
    try (Producer<byte[], byte[]> producer = kafka.producer()) {
      producer
          .send(new ProducerRecord<>(kafka.topics().name(Topic.INCIDENTS), codec.encode(repaired)))
          .get();
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (ExecutionException | KafkaException e) {
      throw kafka.unreachable(e);
    }
  }
}
