package io.chitra.cli.status;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.Topics;
import io.chitra.job.JobRules;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/** Looks for a job in the jobs topic, from its beginning to where it ends now. */
public final class JobSearch {

  private static final Duration POLL = Duration.ofMillis(500);

  private final KafkaCluster kafka;
  private final Codec<RenderJob> codec;

  public JobSearch(KafkaCluster kafka, SchemaSource schemas) {
    this.kafka = kafka;
    this.codec = Codec.renderJobs().withSchemas(schemas);
  }

  /** The newest submission of a job, as its record's value. */
  public Optional<byte[]> newest(String dataset, String job)
      throws TopicException, InterruptedException {
    Map<TopicPartition, Long> starts = kafka.starts(Topics.JOBS);
    byte[] found = null;
    long foundAt = Long.MIN_VALUE;
    try (Consumer<byte[], byte[]> consumer = kafka.consumer()) {
      consumer.assign(starts.keySet());
      starts.forEach(consumer::seek);
      Map<TopicPartition, Long> ends = consumer.endOffsets(starts.keySet());
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.timestamp() >= foundAt && isOf(record.value(), dataset, job)) {
            found = record.value();
            foundAt = record.timestamp();
          }
        }
      }
    } catch (InterruptException e) {
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException().initCause(e);
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
    return Optional.ofNullable(found);
  }

  private boolean isOf(byte[] value, String dataset, String job) {
    try {
      RenderJob read = codec.decode(value == null ? new byte[0] : value);
      String of = read.getDataset() == null ? JobRules.DEFAULT_DATASET : read.getDataset();
      return read.getId().equals(job) && of.equals(dataset);
    } catch (BadRecordException e) {
      return false;
    }
  }
}
