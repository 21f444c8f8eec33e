package io.chitra.cli.replay;

import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobLog;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.Priority;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.TopicScan;
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
 * Sends new submissions of what {@link Wanted} has found: each with the bytes of the one before,
 * rewritten, and the header {@link #OF} that names it. Used by one thread, which reads the log anew
 * for each step, so that no job is kept in memory.
 */
public final class Replay {

  /** Header: the submission that is asked for again, as {@code render.jobs-2@17}. */
  public static final String OF = "chitra.replay.of";

  private static final String OWN_HEADERS = "chitra.";

  /** Those of the check were told. */
  private static final Refusals NOBODY =
      new Refusals() {
        @Override
        public void neverGood(Place submission, String why) {}

        @Override
        public void noLongerGood(Place submission, String job, String why) {}
      };

  private final JobLog log;
  private final Wanted wanted;
  private final Rewriting rewriting;
  private final Codec<RenderJob> codec;

  /** Is told of jobs that cannot be asked for again. */
  public interface Refusals {

    /** It never was a good job. */
    void neverGood(Place submission, String why);

    /** It is none with the changes. */
    void noLongerGood(Place submission, String job, String why);
  }

  /**
   * A submission that Kafka has taken.
   *
   * @param of the one that it asks again for
   * @param position of its first picture in the run
   */
  public record Sent(Place of, String job, Place place, int position, int firstIndex, int count) {}

  /** Is told of every submission that Kafka has taken: by one thread, in order in a partition. */
  @FunctionalInterface
  public interface Receipts {
    void taken(Sent sent);
  }

  /** What a check has found. */
  public record Check(long submissions, long pictures) {}

  public Replay(JobLog log, Wanted wanted, Rewriting rewriting, SchemaSource schemas) {
    this.log = log;
    this.wanted = wanted;
    this.rewriting = rewriting;
    this.codec = Codec.renderJobs().withSchemas(schemas);
  }

  /** Rewrites all jobs, and sends none. */
  public Check check(Refusals refusals, TopicScan.Listener listener)
      throws TopicException, InterruptedException {
    long[] found = new long[2];
    log.read(
        record ->
            rewrite(record, refusals)
                .ifPresent(
                    job -> {
                      Indexes indexes = indexes(Place.of(record));
                      found[0] += indexes.ranges().size();
                      found[1] += indexes.size();
                    }),
        listener);
    return new Check(found[0], found[1]);
  }

  private Indexes indexes(Place place) {
    return wanted.submissions().getOrDefault(place, new Indexes());
  }

  private Optional<RenderJob> rewrite(ConsumerRecord<byte[], byte[]> record, Refusals refusals) {
    Place place = Place.of(record);
    if (indexes(place).isEmpty()) {
      return Optional.empty();
    }
    RenderJob job = codec.ifReadable(record.value()).orElse(null);
    if (job == null) {
      return Optional.empty();
    }
    Rewriting.Outcome outcome = rewriting.of(job);
    if (outcome instanceof Rewriting.Outcome.Again again) {
      return Optional.of(again.job());
    } else if (outcome instanceof Rewriting.Outcome.NeverGood never) {
      refusals.neverGood(place, never.why());
    } else if (outcome instanceof Rewriting.Outcome.NoLongerGood noLonger) {
      refusals.noLongerGood(place, job.getId(), noLonger.why());
    }
    return Optional.empty();
  }

  /**
   * Sends all that can be sent, and waits until Kafka has taken it.
   *
   * @param priority of all; empty: each its own
   * @param program what the jobs say they were sent by
   * @throws TopicException when Kafka did not take one: those before it may have been taken
   */
  public void send(
      KafkaCluster kafka,
      InstantSource clock,
      String program,
      Optional<Priority> priority,
      Receipts receipts,
      TopicScan.Listener listener)
      throws TopicException, InterruptedException {
    try (Sending sending = new Sending(kafka, clock, program, priority, receipts)) {
      log.read(
          record -> rewrite(record, NOBODY).ifPresent(job -> sending.send(record, job)), listener);
      sending.flush();
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  private final class Sending implements AutoCloseable {
    private final KafkaCluster kafka;
    private final InstantSource clock;
    private final String program;
    private final Optional<Priority> priority;
    private final Receipts receipts;
    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private int position;

    Sending(
        KafkaCluster kafka,
        InstantSource clock,
        String program,
        Optional<Priority> priority,
        Receipts receipts)
        throws TopicException {
      this.kafka = kafka;
      this.clock = clock;
      this.program = program;
      this.priority = priority;
      this.receipts = receipts;
      this.producer = kafka.producer();
    }

    void send(ConsumerRecord<byte[], byte[]> record, RenderJob job) {
      Place of = Place.of(record);
      job.setSubmittedAt(clock.instant());
      job.setSubmittedBy("%s (replay of %s)".formatted(program, of));
      byte[] key = (job.getDataset() + "/" + job.getId()).getBytes(StandardCharsets.UTF_8);
      String topic = priority.map(Priority::topic).map(kafka.topics()::name).orElse(of.topic());
      List<Header> headers = headers(record, of);
      for (Indexes.Range range : indexes(of).ranges()) {
        job.setFirstIndex(Math.toIntExact(range.first()));
        job.setIndexCount(Math.toIntExact(range.count()));
        send(new ProducerRecord<>(topic, null, null, key, codec.encode(job), headers), of, job);
      }
    }

    private void send(ProducerRecord<byte[], byte[]> record, Place of, RenderJob job) {
      String id = job.getId();
      int first = job.getFirstIndex();
      int count = Math.toIntExact(job.getIndexCount() == null ? 0 : job.getIndexCount());
      int here = position;
      position = Math.addExact(position, count);
      var unused =
          producer.send(
              record,
              (metadata, e) -> {
                if (e != null) {
                  failure.compareAndSet(null, e);
                } else {
                  Place place =
                      new Place(metadata.topic(), metadata.partition(), metadata.offset());
                  receipts.taken(new Sent(of, id, place, here, first, count));
                }
              });
    }

    private static List<Header> headers(ConsumerRecord<byte[], byte[]> record, Place of) {
      List<Header> headers = new ArrayList<>();
      for (Header header : record.headers()) {
        if (!header.key().startsWith(OWN_HEADERS)) {
          headers.add(header);
        }
      }
      headers.add(new RecordHeader(OF, of.toString().getBytes(StandardCharsets.UTF_8)));
      return headers;
    }

    void flush() throws TopicException {
      producer.flush();
      Exception e = failure.get();
      if (e != null) {
        throw new TopicException(
            "Cannot send jobs to %s: %s; run the same command again, what is made is reused"
                .formatted(kafka, e.getMessage()),
            e);
      }
    }

    @Override
    public void close() {
      producer.close();
    }
  }
}
