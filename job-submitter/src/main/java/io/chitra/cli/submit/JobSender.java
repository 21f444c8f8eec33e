package io.chitra.cli.submit;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Priority;
import io.chitra.cli.topics.TopicException;
import io.chitra.job.Line;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Sends jobs to the topic of a priority. Immutable; safe for use by several threads. */
public final class JobSender {

  private final KafkaCluster kafka;
  private final InstantSource clock;
  private final String program;
  private final Priority priority;

  /**
   * A sender.
   *
   * @param program what the jobs say they were sent by
   */
  public JobSender(KafkaCluster kafka, InstantSource clock, String program, Priority priority) {
    this.kafka = kafka;
    this.clock = clock;
    this.program = program;
    this.priority = priority;
  }

  /**
   * A job that Kafka has taken.
   *
   * @param position of its first picture in the run
   */
  public record Sent(
      String jobId,
      String topic,
      int partition,
      long offset,
      int position,
      int firstIndex,
      int count) {}

  /** Is told of every job that Kafka has taken: by one thread, in order within a partition. */
  @FunctionalInterface
  public interface Receipts {
    void taken(Sent sent);
  }

  /**
   * Sends all good lines, and waits until Kafka has taken them.
   *
   * @throws TopicException when Kafka did not take one: those before it may have been taken
   */
  public void send(JobReader reader, Receipts receipts)
      throws IOException, TopicException, InterruptedException {
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    int position = 0;
    try (Producer<byte[], byte[]> producer = kafka.producer()) {
      for (Line line = reader.next(); line != null && failure.get() == null; line = reader.next()) {
        if (line instanceof Line.JobLine good) {
          send(producer, good.job(), position, receipts, failure);
          position = Math.addExact(position, JobCheck.pictures(good.job()));
        }
      }
      producer.flush();
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
    Exception e = failure.get();
    if (e != null) {
      throw new TopicException(
          "Cannot send the jobs to %s: %s; run the same command again, what is made is reused"
              .formatted(kafka, e.getMessage()),
          e);
    }
  }

  private void send(
      Producer<byte[], byte[]> producer,
      RenderJob job,
      int position,
      Receipts receipts,
      AtomicReference<@Nullable Exception> failure) {
    job.setSubmittedAt(clock.instant());
    job.setSubmittedBy(program);
    String id = job.getId();
    int first = job.getFirstIndex();
    int count = JobCheck.pictures(job);
    Future<RecordMetadata> unused =
        producer.send(
            new ProducerRecord<>(
                kafka.topics().name(priority.topic()), key(job), Codec.renderJobs().encode(job)),
            (metadata, e) -> {
              if (e != null) {
                failure.compareAndSet(null, e);
              } else {
                receipts.taken(
                    new Sent(
                        id,
                        metadata.topic(),
                        metadata.partition(),
                        metadata.offset(),
                        position,
                        first,
                        count));
              }
            });
  }

  private static byte[] key(RenderJob job) {
    return (job.getDataset() + "/" + job.getId()).getBytes(StandardCharsets.UTF_8);
  }
}
