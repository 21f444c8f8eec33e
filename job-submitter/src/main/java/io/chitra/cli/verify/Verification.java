package io.chitra.cli.verify;

import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.topics.JobLog;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.RecordLookup;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.TopicScan;
import io.chitra.dataset.compare.Verdict;
import io.chitra.dataset.compare.VerifyTask;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * One run of verification, with two topics of its own: pictures that are to be rendered again, and
 * what was found. Who renders reads the one and writes the other.
 *
 * <p>Life cycle: {@link #open} makes the topics, {@link #send}, {@link #await}, {@link #close}
 * removes the topics. Used by one thread.
 */
public final class Verification implements AutoCloseable {

  /** A job of a megabyte, its record, and headers. */
  private static final int MAX_RECORD_BYTES = 8 * 1024 * 1024;

  private static final Duration TICK = Duration.ofMillis(200);
  private static final int FIRST_VERDICTS = 1024;

  private final KafkaCluster kafka;
  private final DatasetRows rows;
  private final String tasks;
  private final String verdicts;
  private long sent;

  /** Is told of verdicts, and asked now and then whether all is well; by the calling thread. */
  public interface Listener<E extends Exception> {

    /** A picture has its verdict; each once. */
    void found(Verdict verdict) throws E;

    /** Called several times a second. */
    void tick() throws E;
  }

  private Verification(KafkaCluster kafka, DatasetRows rows, String name) {
    this.kafka = kafka.forRecordsOf(MAX_RECORD_BYTES);
    this.rows = rows;
    this.tasks = "render.verify." + name;
    this.verdicts = "render.verify." + name + ".verdicts";
  }

  /**
   * Makes the topics.
   *
   * @param rows stay the caller's
   * @param name of the run, that no other has
   */
  public static Verification open(KafkaCluster kafka, DatasetRows rows, String name)
      throws TopicException, InterruptedException {
    Verification verification = new Verification(kafka, rows, name);
    kafka.createTopics(MAX_RECORD_BYTES, verification.tasks, verification.verdicts);
    return verification;
  }

  /** The topic of pictures. */
  public String tasks() {
    return tasks;
  }

  /** The topic of what was found. */
  public String verdicts() {
    return verdicts;
  }

  /**
   * Sends the pictures of a sample, one at least.
   *
   * @return how many
   */
  public long send(Sample sample, TopicScan.Listener listener)
      throws TopicException, InterruptedException, IOException {
    Map<Place, List<Long>> picked = pick(sample);
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (Producer<byte[], byte[]> producer = kafka.producer()) {
      JobLog.ofTopics(kafka, JobLog.Span.ALL)
          .read(
              job -> {
                for (long row : picked.getOrDefault(Place.of(job), List.of())) {
                  send(producer, job, row, failure);
                }
              },
              listener);
      producer.flush();
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
    Exception e = failure.get();
    if (e != null) {
      throw kafka.unreachable(e);
    }
    return sent;
  }

  private Map<Place, List<Long>> pick(Sample sample) throws IOException {
    Map<Place, List<Long>> picked = new HashMap<>();
    long first = -1;
    double nearest = Double.MAX_VALUE;
    for (long row = 0; row < rows.size(); row++) {
      ImageRecord record = rows.at(row).record();
      if (sample.picks(record.getJobId(), record.getImageIndex())) {
        picked
            .computeIfAbsent(Place.of(record.getSubmission()), place -> new ArrayList<>())
            .add(row);
      }
      double place = sample.place(record.getJobId(), record.getImageIndex());
      if (place < nearest) {
        nearest = place;
        first = row;
      }
    }
    if (picked.isEmpty() && first >= 0) {
      picked.put(
          Place.of(rows.at(first).record().getSubmission()), new ArrayList<>(List.of(first)));
    }
    return picked;
  }

  private void send(
      Producer<byte[], byte[]> producer,
      ConsumerRecord<byte[], byte[]> job,
      long row,
      AtomicReference<@Nullable Exception> failure) {
    ImageRecord record;
    try {
      record = rows.at(row).record();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    VerifyTask task = task(job, row, record);
    sent++;
    var unused =
        producer.send(
            new ProducerRecord<>(tasks, null, null, null, task.job(), headers(task)),
            (metadata, e) -> {
              if (e != null) {
                failure.compareAndSet(null, e);
              }
            });
  }

  /** What verifying one picture takes; empty where its submission is forgotten. */
  public static Optional<VerifyTask> task(KafkaCluster kafka, ImageRecord record)
      throws TopicException, InterruptedException {
    try (RecordLookup lookup = RecordLookup.open(kafka)) {
      return lookup
          .find(Place.of(record.getSubmission()))
          .map(submission -> task(submission, 0, record));
    }
  }

  private static VerifyTask task(
      ConsumerRecord<byte[], byte[]> submission, long row, ImageRecord record) {
    return new VerifyTask(
        row,
        submission.topic(),
        submission.partition(),
        submission.offset(),
        record.getImageIndex(),
        submission.value(),
        Codec.imageRecords().encode(record));
  }

  private static Headers headers(VerifyTask task) {
    Headers headers = new RecordHeaders();
    add(headers, VerifyTask.ROW, Long.toString(task.row()));
    add(headers, VerifyTask.SUBMISSION_TOPIC, task.topic());
    add(headers, VerifyTask.SUBMISSION_PARTITION, Integer.toString(task.partition()));
    add(headers, VerifyTask.SUBMISSION_OFFSET, Long.toString(task.offset()));
    add(headers, VerifyTask.INDEX, Integer.toString(task.index()));
    headers.add(VerifyTask.RECORD, task.record());
    return headers;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Tells the verdicts of all pictures that were sent; returns when all have theirs. */
  public <E extends Exception> void await(Listener<E> listener)
      throws E, TopicException, InterruptedException, IOException {
    BitSet found = new BitSet(FIRST_VERDICTS);
    long open = sent;
    TopicPartition partition = new TopicPartition(verdicts, 0);
    try (Consumer<byte[], byte[]> consumer = kafka.consumer()) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (open > 0) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(TICK)) {
          Verdict verdict = Verdict.parse(record.value());
          int row = Math.toIntExact(verdict.row());
          if (!found.get(row)) {
            found.set(row);
            open--;
            listener.found(verdict);
          }
        }
        listener.tick();
      }
    } catch (InterruptException e) {
      throw KafkaCluster.interrupted(e);
    } catch (KafkaException e) {
      throw kafka.unreachable(e);
    }
  }

  @Override
  public void close() throws TopicException, InterruptedException {
    kafka.deleteTopics(tasks, verdicts);
  }
}
