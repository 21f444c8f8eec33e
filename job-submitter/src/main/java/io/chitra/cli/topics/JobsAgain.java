package io.chitra.cli.topics;

import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Asks again for pictures of jobs that were asked for before: a new submission of a range of the
 * job, or of a whole record as it was, in the topic that it came from. Headers say of which
 * submission, and by what.
 *
 * <p>Life cycle: {@link #open}, any of the others, {@link #flush}, {@link #close}. Used by one
 * thread.
 */
public final class JobsAgain implements AutoCloseable {

  /** Header: the submission whose pictures are asked for again, as {@code render.jobs-2@17}. */
  public static final String OF = "chitra.again.of";

  /** Header: what asked, as {@code redrive}. */
  public static final String BY = "chitra.again.by";

  /** Header: the dead letter that a record was taken from, as {@code render.dead-letters-0@3}. */
  public static final String LETTER = "chitra.again.letter";

  private final KafkaCluster kafka;
  private final Codec<RenderJob> codec;
  private final InstantSource clock;
  private final String program;
  private final String by;
  private final RecordLookup lookup;
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private @Nullable ConsumerRecord<byte[], byte[]> last;

  private JobsAgain(
      KafkaCluster kafka,
      SchemaSource schemas,
      InstantSource clock,
      String program,
      String by,
      RecordLookup lookup,
      Producer<byte[], byte[]> producer) {
    this.kafka = kafka;
    this.codec = Codec.renderJobs().withSchemas(schemas);
    this.clock = clock;
    this.program = program;
    this.by = by;
    this.lookup = lookup;
    this.producer = producer;
  }

  /** The record of a submission is not there any more, or is no job. */
  public static final class NoSuchJobException extends Exception {
    private static final long serialVersionUID = 1L;

    NoSuchJobException(String message) {
      super(message);
    }
  }

  /**
   * Opens what is needed.
   *
   * @param program what the jobs say they were sent by
   * @param by the command, as {@code redrive}
   */
  public static JobsAgain open(
      KafkaCluster kafka, SchemaSource schemas, InstantSource clock, String program, String by)
      throws TopicException {
    RecordLookup lookup = RecordLookup.open(kafka);
    try {
      return new JobsAgain(kafka, schemas, clock, program, by, lookup, kafka.producer());
    } catch (TopicException | RuntimeException e) {
      lookup.close();
      throw e;
    }
  }

  /**
   * Sends a range of a submission's job again.
   *
   * @throws NoSuchJobException when the submission's record is not there any more, or is no job
   */
  public void range(Place of, Indexes.Range range)
      throws NoSuchJobException, TopicException, InterruptedException {
    ConsumerRecord<byte[], byte[]> record = original(of);
    RenderJob job = decode(of, record.value());
    job.setFirstIndex(Math.toIntExact(range.first()));
    job.setIndexCount(Math.toIntExact(range.count()));
    job.setSubmittedAt(clock.instant());
    job.setSubmittedBy("%s (%s of %s)".formatted(program, by, of));
    send(of, record.key(), codec.encode(job), headers(of, record.headers()));
  }

  /**
   * Sends the bytes of a whole submission again, as they were.
   *
   * @param letter the dead letter that they were taken from
   */
  public void bytes(Place of, Place letter, byte @Nullable [] key, byte[] value)
      throws TopicException, InterruptedException {
    Optional<ConsumerRecord<byte[], byte[]>> record = lookup.find(of);
    List<Header> headers =
        headers(of, record.isPresent() ? record.get().headers() : new ArrayList<>());
    headers.add(header(LETTER, letter.toString()));
    send(of, key, value, headers);
  }

  /**
   * Whether a submission's record is a job, of which ranges can be asked for.
   *
   * @throws NoSuchJobException when the submission's record is not there any more
   */
  public boolean isJob(Place of) throws NoSuchJobException, TopicException, InterruptedException {
    byte @Nullable [] value = original(of).value();
    try {
      if (value == null) {
        return false;
      }
      RenderJob unused = codec.decode(value);
      return true;
    } catch (BadRecordException e) {
      return false;
    }
  }

  /**
   * Sends a whole submission again, as it was.
   *
   * @throws NoSuchJobException when the submission's record is not there any more
   */
  public void whole(Place of) throws NoSuchJobException, TopicException, InterruptedException {
    ConsumerRecord<byte[], byte[]> record = original(of);
    send(of, record.key(), record.value(), headers(of, record.headers()));
  }

  /**
   * Waits until Kafka has taken all that was sent.
   *
   * @throws TopicException when it has not: what was sent before may have been taken
   */
  public void flush() throws TopicException, InterruptedException {
    try {
      producer.flush();
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    }
    Exception e = failure.get();
    if (e != null) {
      throw new TopicException(
          "Cannot send jobs to %s: %s; run the same command again, what was sent is left out then"
              .formatted(kafka, e.getMessage()),
          e);
    }
  }

  /** Ranges of one submission come one after the other, so the last record is kept. */
  private ConsumerRecord<byte[], byte[]> original(Place of)
      throws NoSuchJobException, TopicException, InterruptedException {
    ConsumerRecord<byte[], byte[]> kept = last;
    if (kept == null || !Place.of(kept).equals(of)) {
      kept =
          lookup
              .find(of)
              .orElseThrow(
                  () ->
                      new NoSuchJobException(
                          "Cannot ask again for pictures of %s: the topic has no such record any more; submit the job anew"
                              .formatted(of)));
      last = kept;
    }
    return kept;
  }

  private RenderJob decode(Place of, byte @Nullable [] value) throws NoSuchJobException {
    try {
      return codec.decode(value == null ? new byte[0] : value);
    } catch (BadRecordException e) {
      throw new NoSuchJobException(
          "Cannot ask again for pictures of %s: %s".formatted(of, e.getMessage()));
    }
  }

  private List<Header> headers(Place of, Iterable<Header> before) {
    List<Header> headers = new ArrayList<>();
    for (Header header : before) {
      if (!header.key().startsWith("chitra.again.")) {
        headers.add(header);
      }
    }
    headers.add(header(OF, of.toString()));
    headers.add(header(BY, by));
    return headers;
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private void send(Place of, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers)
      throws TopicException, InterruptedException {
    try {
      var unused =
          producer.send(
              new ProducerRecord<byte @Nullable [], byte @Nullable []>(
                  of.topic(), null, null, key, value, headers),
              (metadata, e) -> {
                if (e != null) {
                  failure.compareAndSet(null, e);
                }
              });
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  @Override
  public void close() {
    try (lookup) {
      producer.close();
    }
  }
}
