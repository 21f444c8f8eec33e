package io.chitra.cli.follow;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.job.JobRules;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import io.chitra.schemas.Submission;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * All that has been asked for by now of a job, or of a dataset: its submissions in the topics of
 * jobs, and where these end. Used by one thread.
 */
public final class AskedFor {

  private final String dataset;
  private final Optional<String> job;
  private final Codec<RenderJob> codec;
  private final Map<TopicPartition, Long> ends;
  private final Submissions submissions = new Submissions();
  private Instant first = Instant.MAX;

  private AskedFor(
      String dataset,
      Optional<String> job,
      Codec<RenderJob> codec,
      Map<TopicPartition, Long> ends) {
    this.dataset = dataset;
    this.job = job;
    this.codec = codec;
    this.ends = ends;
  }

  /**
   * Reads the topics of jobs.
   *
   * @param job empty for all jobs of the dataset
   * @throws TopicException also when these are more pictures than can be followed at once
   */
  public static AskedFor read(
      KafkaCluster kafka, SchemaSource schemas, String dataset, Optional<String> job)
      throws TopicException, InterruptedException {
    AskedFor asked =
        new AskedFor(
            dataset, job, Codec.renderJobs().withSchemas(schemas), kafka.ends(Topic.OF_JOBS));
    kafka.read(asked::look, Topic.OF_JOBS);
    if (asked.submissions.pictures() > Integer.MAX_VALUE) {
      throw new TopicException(
          "Cannot follow %d pictures at once; take one job of dataset %s after the other"
              .formatted(asked.submissions.pictures(), dataset));
    }
    return asked;
  }

  /** The submissions; which of their pictures have ended is not known yet. */
  public Submissions submissions() {
    return submissions;
  }

  /** For each partition of the topics of jobs, the first offset that was not looked at. */
  public List<Submission> until() {
    return ends.entrySet().stream()
        .map(end -> new Submission(end.getKey().topic(), end.getKey().partition(), end.getValue()))
        .sorted(Comparator.comparing(Submission::getTopic).thenComparing(Submission::getPartition))
        .toList();
  }

  /**
   * When the first of them was taken by its broker; nothing can have come of them before. The
   * beginning of time where a broker does not say.
   */
  public Instant first() {
    return first;
  }

  private void look(ConsumerRecord<byte[], byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    boolean late = record.offset() >= ends.getOrDefault(partition, 0L);
    Optional<RenderJob> read = late ? Optional.empty() : matching(record.value());
    if (read.isPresent()) {
      add(record, read.get());
    }
  }

  private void add(ConsumerRecord<byte[], byte[]> record, RenderJob read) {
    long before = submissions.pictures();
    int count = pictures(read);
    // Beyond what can be followed only the sum matters.
    int position = (int) Math.min(before, Integer.MAX_VALUE - (long) count);
    submissions.add(
        record.topic(), record.partition(), record.offset(), position, read.getFirstIndex(), count);
    Instant taken =
        record.timestampType() == TimestampType.LOG_APPEND_TIME
            ? Instant.ofEpochMilli(record.timestamp())
            : Instant.EPOCH;
    if (taken.isBefore(first)) {
      first = taken;
    }
  }

  /** The job, where it is one of these. */
  private Optional<RenderJob> matching(byte @Nullable [] value) {
    RenderJob read;
    try {
      read = codec.decode(value == null ? new byte[0] : value);
    } catch (BadRecordException e) {
      return Optional.empty();
    }
    String of = read.getDataset() == null ? JobRules.DEFAULT_DATASET : read.getDataset();
    boolean wanted = of.equals(dataset) && job.map(read.getId()::equals).orElse(true);
    return wanted ? Optional.of(read) : Optional.empty();
  }

  /** Also of a job that breaks the rules, which ends as one dead letter. */
  private static int pictures(RenderJob job) {
    Integer count = job.getIndexCount();
    long asked = count != null ? count : (long) job.getNumImagesPerPrompt() - job.getFirstIndex();
    return (int) Math.max(1, Math.min(asked, Integer.MAX_VALUE));
  }
}
