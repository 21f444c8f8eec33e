package io.chitra.cli.follow;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.Topics;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.SchemaSource;
import io.chitra.schemas.Submission;
import java.time.Duration;
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
 * Follows a run's submissions through the topics of results and dead letters until every picture
 * has ended. Made before anything is sent, it remembers where the topics end then: what comes of
 * the run comes after that. Committed records only. Used by one thread.
 */
public final class Follower {

  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final Duration TICK = Duration.ofMillis(200);

  private final KafkaCluster kafka;
  private final Map<TopicPartition, Long> from;
  private final Codec<ImageRecord> results;
  private final Codec<DeadLetter> deadLetters;
  private final Map<Integer, OffsetRange> produced = new TreeMap<>();

  /** The first and the last offset that a run produced in a partition. */
  public record OffsetRange(long first, long last) {
    OffsetRange and(long offset) {
      return new OffsetRange(Math.min(first, offset), Math.max(last, offset));
    }
  }

  private Follower(KafkaCluster kafka, Map<TopicPartition, Long> from, SchemaSource schemas) {
    this.kafka = kafka;
    this.from = from;
    this.results = Codec.imageRecords().withSchemas(schemas);
    this.deadLetters = Codec.deadLetters().withSchemas(schemas);
  }

  /** Remembers where the topics end now. */
  public static Follower fromHere(KafkaCluster kafka, SchemaSource schemas)
      throws TopicException, InterruptedException {
    return new Follower(kafka, kafka.ends(Topics.RESULTS, Topics.DEAD_LETTERS), schemas);
  }

  /** Which offsets of the topic of results the run has produced, by partition. */
  public Map<Integer, OffsetRange> produced() {
    return Map.copyOf(produced);
  }

  /** Tells the ends of all pictures of the submissions; returns when all have ended. */
  public <E extends Exception> void follow(Submissions submissions, Ends<E> ends)
      throws E, TopicException, InterruptedException {
    try (Consumer<byte[], byte[]> consumer = kafka.consumer()) {
      consumer.assign(from.keySet());
      from.forEach(consumer::seek);
      while (!submissions.complete()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(TICK)) {
          take(record, submissions, ends);
        }
        ends.tick();
      }
    } catch (InterruptException e) {
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException().initCause(e);
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
      if (record.topic().equals(Topics.RESULTS)) {
        made(record, results.decode(record.value()), submissions, ends);
      } else {
        failed(deadLetters.decode(record.value()), submissions, ends);
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
    if (!submission.getTopic().equals(Topics.JOBS)) {
      return;
    }
    OptionalInt position =
        submissions.end(submission.getPartition(), submission.getOffset(), picture.getImageIndex());
    if (position.isPresent()) {
      OffsetRange here = new OffsetRange(record.offset(), record.offset());
      produced.merge(record.partition(), here, (range, one) -> range.and(one.last()));
      ends.made(position.getAsInt(), picture, record.partition(), record.offset(), record.value());
    }
  }

  private static <E extends Exception> void failed(
      DeadLetter why, Submissions submissions, Ends<E> ends) throws E {
    Submission submission = why.getSubmission();
    if (!submission.getTopic().equals(Topics.JOBS)) {
      return;
    }
    int partition = submission.getPartition();
    long offset = submission.getOffset();
    Integer first = why.getFirstIndex();
    Integer count = why.getIndexCount();
    int pictures =
        first == null || count == null
            ? submissions.endAll(partition, offset)
            : submissions.end(partition, offset, first, count);
    if (pictures > 0) {
      ends.failed(why, pictures);
    }
  }
}
