package io.chitra.cli.status;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.job.JobRules;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Looks for a job in the topics of jobs. Used by one thread. */
public final class JobSearch {

  private final KafkaCluster kafka;
  private final Codec<RenderJob> codec;
  private @Nullable ConsumerRecord<byte[], byte[]> newest;

  public JobSearch(KafkaCluster kafka, SchemaSource schemas) {
    this.kafka = kafka;
    this.codec = Codec.renderJobs().withSchemas(schemas);
  }

  /** The newest submission of a job, as its record's value. */
  public Optional<byte[]> newest(String dataset, String job)
      throws TopicException, InterruptedException {
    newest = null;
    kafka.read(record -> look(record, dataset, job), Topic.OF_JOBS);
    return Optional.ofNullable(newest).map(ConsumerRecord::value);
  }

  private void look(ConsumerRecord<byte[], byte[]> record, String dataset, String job) {
    boolean newer = newest == null || record.timestamp() >= newest.timestamp();
    if (newer && isOf(record.value(), dataset, job)) {
      newest = record;
    }
  }

  private boolean isOf(byte @Nullable [] value, String dataset, String job) {
    try {
      RenderJob read = codec.decode(value == null ? new byte[0] : value);
      String of = read.getDataset() == null ? JobRules.DEFAULT_DATASET : read.getDataset();
      return read.getId().equals(job) && of.equals(dataset);
    } catch (BadRecordException e) {
      return false;
    }
  }
}
