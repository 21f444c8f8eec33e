package io.chitra.cli.submit;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.schemas.Cancel;
import io.chitra.schemas.Codec;
import io.chitra.schemas.Submission;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Asks workers to cancel. Immutable; safe for use by several threads. */
public final class CancelSender {

  private final KafkaCluster kafka;
  private final InstantSource clock;
  private final String program;

  /**
   * @param program what the request says it was sent by
   */
  public CancelSender(KafkaCluster kafka, InstantSource clock, String program) {
    this.kafka = kafka;
    this.clock = clock;
    this.program = program;
  }

  /**
   * Sends a request, and waits until Kafka has taken it.
   *
   * @param job empty for all jobs of the dataset
   * @param until the first offset of each partition that is not covered
   */
  public void send(String dataset, Optional<String> job, List<Submission> until)
      throws TopicException, InterruptedException {
    Cancel cancel =
        Cancel.newBuilder()
            .setDataset(dataset)
            .setJobId(job.orElse(null))
            .setUntil(until)
            .setRequestedAt(clock.instant())
            .setRequestedBy(program)
            .build();
    byte[] key = job.map(id -> dataset + "/" + id).orElse(dataset).getBytes(StandardCharsets.UTF_8);
    try (Producer<byte[], byte[]> producer = kafka.producer()) {
      producer
          .send(
              new ProducerRecord<>(
                  kafka.topics().name(Topic.CANCELS), key, Codec.cancels().encode(cancel)))
          .get();
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (ExecutionException | KafkaException e) {
      throw kafka.unreachable(e);
    }
  }
}
