package io.chitra.cli.status;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.Topics;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the three topics from their beginning to where they end now, committed records only, into a
 * {@link Tally}. Used by one thread.
 */
public final class TopicSums {

  private final KafkaCluster kafka;
  private final Codec<RenderJob> jobs;
  private final Codec<ImageRecord> results;
  private final Codec<DeadLetter> deadLetters;

  public TopicSums(KafkaCluster kafka, SchemaSource schemas) {
    this.kafka = kafka;
    this.jobs = Codec.renderJobs().withSchemas(schemas);
    this.results = Codec.imageRecords().withSchemas(schemas);
    this.deadLetters = Codec.deadLetters().withSchemas(schemas);
  }

  /** Adds all that the topics have. */
  public void addTo(Tally tally) throws TopicException, InterruptedException {
    kafka.read(record -> add(record, tally), Topics.JOBS, Topics.RESULTS, Topics.DEAD_LETTERS);
  }

  private void add(ConsumerRecord<byte[], byte[]> record, Tally tally) {
    switch (record.topic()) {
      case Topics.JOBS ->
          decode(jobs, record.value())
              .ifPresentOrElse(tally::submitted, tally::submittedUnreadable);
      case Topics.RESULTS -> decode(results, record.value()).ifPresent(tally::made);
      default ->
          decode(deadLetters, record.value())
              .ifPresent(letter -> tally.failed(letter, originalOf(letter)));
    }
  }

  private Optional<RenderJob> originalOf(DeadLetter letter) {
    ByteBuffer value = letter.getValue();
    if (value == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return decode(jobs, bytes);
  }

  private static <T extends org.apache.avro.specific.SpecificRecordBase> Optional<T> decode(
      Codec<T> codec, byte @Nullable [] value) {
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(codec.decode(value));
    } catch (BadRecordException e) {
      return Optional.empty();
    }
  }
}
