package io.chitra.cli.follow;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.SchemaSource;
import io.chitra.schemas.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows submissions through the topics of results, dead letters and cancelled ranges until every
 * picture has ended. Made before anything is sent, it remembers where the topics end then: what
 * comes of a run comes after that. Committed records only. Used by one thread.
 */
public final class Follower {

  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final Duration TICK = Duration.ofMillis(200);

  /** Brokers' clocks may differ by so much. */
  private static final Duration CLOCKS = Duration.ofHours(1);

  private final KafkaCluster kafka;

  /** Where to read on. */
  private final Map<TopicPartition, Long> from;

  private final Codec<ImageRecord> results;
  private final Codec<DeadLetter> deadLetters;
  private final Codec<CancelledRange> cancelled;
  private final Map<Integer, OffsetRange> produced = new TreeMap<>();

  /** The first and the last offset that a run produced in a partition. */
  public record OffsetRange(long first, long last) {
    OffsetRange and(long offset) {
      return new OffsetRange(Math.min(first, offset), Math.max(last, offset));
    }
  }

  private Follower(KafkaCluster kafka, Map<TopicPartition, Long> from, SchemaSource schemas) {
    this.kafka = kafka;
    this.from = new HashMap<>(from);
    this.results = Codec.imageRecords().withSchemas(schemas);
    this.deadLetters = Codec.deadLetters().withSchemas(schemas);
    this.cancelled = Codec.cancelledRanges().withSchemas(schemas);
  }

  /** Remembers where the topics end now. */
  public static Follower fromHere(KafkaCluster kafka, SchemaSource schemas)
      throws TopicException, InterruptedException {
    return new Follower(kafka, kafka.ends(Topic.OF_ENDS), schemas);
  }

  /** For submissions that their brokers took at that time or later. */
  public static Follower since(KafkaCluster kafka, SchemaSource schemas, Instant time)
      throws TopicException, InterruptedException {
    boolean known = time.isAfter(Instant.EPOCH.plus(CLOCKS)) && time.isBefore(Instant.MAX);
    return new Follower(
        kafka,
        known ? kafka.offsetsSince(time.minus(CLOCKS), Topic.OF_ENDS) : kafka.starts(Topic.OF_ENDS),
        schemas);
  }

  /** Which offsets of the topic of results the run has produced, by partition. */
  public Map<Integer, OffsetRange> produced() {
    return Map.copyOf(produced);
  }

  /** Tells the ends of all pictures of the submissions; returns when all have ended. */
  public <E extends Exception> void follow(Submissions submissions, Ends<E> ends)
      throws E, TopicException, InterruptedException {
    readOn(submissions, ends, (positions, topicEnds) -> true);
  }

  /** Tells the ends that the topics have now, without waiting for others. */
  public <E extends Exception> void catchUp(Submissions submissions, Ends<E> ends)
      throws E, TopicException, InterruptedException {
    readOn(
        submissions,
        ends,
        (positions, topicEnds) ->
            topicEnds.entrySet().stream()
                .anyMatch(end -> positions.getOrDefault(end.getKey(), 0L) < end.getValue()));
  }

  /** Whether to read on from these positions, with the topics' ends as they were at the start. */
  private interface Patience {
    boolean lasts(Map<TopicPartition, Long> positions, Map<TopicPartition, Long> topicEnds);
  }

  private <E extends Exception> void readOn(
      Submissions submissions, Ends<E> ends, Patience patience)
      throws E, TopicException, InterruptedException {
    try (Consumer<byte[], byte[]> consumer = kafka.consumer()) {
      consumer.assign(from.keySet());
      from.forEach(consumer::seek);
      Map<TopicPartition, Long> topicEnds = consumer.endOffsets(from.keySet());
      while (!submissions.complete() && patience.lasts(from, topicEnds)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(TICK)) {
          take(record, submissions, ends);
        }
        from.replaceAll((partition, before) -> consumer.position(partition));
        ends.tick();
      }
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  /**
   * What cannot be read is passed over: it is none of this run's, whose worker wrote it just now.
   */
  private <E extends Exception> void take(
      ConsumerRecord<byte[], byte[]> record, Submissions submissions, Ends<E> ends)
      throws E, InterruptedException {
    if (record.value() == null) {
      return;
    }
    try {
      switch (kafka.topics().named(record.topic()).orElseThrow()) {
        case RESULTS -> made(record, results.decode(record.value()), submissions, ends);
        case CANCELLED -> cancelled(cancelled.decode(record.value()), submissions, ends);
        default -> failed(deadLetters.decode(record.value()), submissions, ends);
      }
    } catch (BadRecordException foreign) {
      LOG.warn(
          "Passed over {}-{}@{}: no record", record.topic(), record.partition(), record.offset());
    }
  }

  private <E extends Exception> void made(
      ConsumerRecord<byte[], byte[]> record,
      ImageRecord picture,
      Submissions submissions,
      Ends<E> ends)
      throws E, InterruptedException {
    Submission submission = picture.getSubmission();
    OptionalInt position =
        submissions.end(
            submission.getTopic(),
            submission.getPartition(),
            submission.getOffset(),
            picture.getImageIndex());
    if (position.isPresent()) {
      OffsetRange here = new OffsetRange(record.offset(), record.offset());
      produced.merge(record.partition(), here, (range, one) -> range.and(one.last()));
      ends.made(position.getAsInt(), picture, record.partition(), record.offset(), record.value());
    }
  }

  private static <E extends Exception> void failed(
      DeadLetter why, Submissions submissions, Ends<E> ends) throws E {
    Submission submission = why.getSubmission();
    String topic = submission.getTopic();
    int partition = submission.getPartition();
    long offset = submission.getOffset();
    Integer first = why.getFirstIndex();
    Integer count = why.getIndexCount();
    int pictures =
        first == null || count == null
            ? submissions.endAll(topic, partition, offset)
            : submissions.end(topic, partition, offset, first, count);
    if (pictures > 0) {
      ends.failed(why, pictures);
    }
  }

  private static <E extends Exception> void cancelled(
      CancelledRange range, Submissions submissions, Ends<E> ends) throws E {
    Submission submission = range.getSubmission();
    int pictures =
        submissions.end(
            submission.getTopic(),
            submission.getPartition(),
            submission.getOffset(),
            range.getFirstIndex(),
            range.getIndexCount());
    if (pictures > 0) {
      ends.cancelled(range, pictures);
    }
  }
}
