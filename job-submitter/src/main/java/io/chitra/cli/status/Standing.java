package io.chitra.cli.status;

import io.chitra.cli.topics.AskedJob;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.SummaryTopic;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.WorkerSigns;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import io.chitra.schemas.SubmissionSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * How all submissions stand: the topic of sums, and the jobs that it does not have yet. Each look
 * reads on from where the one before ended. Keeps a few hundred bytes a submission. Used by one
 * thread.
 */
public final class Standing implements AutoCloseable {

  /** So many newer events are counted, and no more. */
  private static final long MOST_COUNTED = 10_000;

  private static final Duration PAUSE = Duration.ofMillis(250);

  private final WorkerSigns signs;
  private final SummaryTopic topic;
  private final InstantSource clock;
  private final Codec<SubmissionSummary> summaries;
  private final Codec<RenderJob> jobs;
  private final Map<Place, Submitted> submissions = new HashMap<>();
  private final Map<Place, Submitted> unsummed = new HashMap<>();
  private @Nullable Instant beat;
  private long unsummedEnds;

  private Standing(
      WorkerSigns signs, SummaryTopic topic, SchemaSource schemas, InstantSource clock) {
    this.signs = signs;
    this.topic = topic;
    this.clock = clock;
    this.summaries = Codec.summaries().withSchemas(schemas);
    this.jobs = Codec.renderJobs().withSchemas(schemas);
  }

  public static Standing open(KafkaCluster kafka, SchemaSource schemas, InstantSource clock)
      throws TopicException, InterruptedException {
    return new Standing(new WorkerSigns(kafka), SummaryTopic.open(kafka), schemas, clock);
  }

  /**
   * Looks.
   *
   * @param patience how long to wait for sums of what has ended by now
   */
  public void look(Duration patience) throws TopicException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    WorkerSigns.Ends ends = signs.committedEnds();
    unsummedEnds = signs.unsummedEnds(ends, MOST_COUNTED);
    while (unsummedEnds > 0 && System.nanoTime() < deadline) {
      Thread.sleep(PAUSE.toMillis());
      unsummedEnds = signs.unsummedEnds(ends, MOST_COUNTED);
    }
    // Jobs first: one that is in neither would be missed otherwise.
    unsummed.clear();
    signs.unsummedJobs(this::asked);
    topic.readOn(this::take);
    unsummed.keySet().removeAll(submissions.keySet());
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (WorkerSigns.isBeat(record)) {
      beat = Instant.ofEpochMilli(record.timestamp());
    } else if (record.value() != null) {
      try {
        Submitted.of(summaries.decode(record.value()))
            .ifPresent(submitted -> submissions.put(submitted.place(), submitted));
      } catch (BadRecordException foreign) {
        // a later version's, of something that this one does not know
      }
    }
  }

  private void asked(ConsumerRecord<byte[], byte[]> record) {
    Place place = Place.of(record);
    unsummed.put(place, Submitted.waiting(place, record.timestamp(), job(record.value())));
  }

  private Optional<AskedJob> job(byte @Nullable [] value) {
    return jobs.ifReadable(value).map(AskedJob::of);
  }

  /** Sums up what the last look has shown. */
  public void addTo(Tally tally) {
    Map<Place, Submitted> all = new HashMap<>(submissions);
    all.putAll(unsummed);
    tally.sumUp(all.values(), clock.instant().getEpochSecond());
  }

  /** How many pictures or ranges have ended and are not in the sums yet. */
  public long unsummedEnds() {
    return unsummedEnds;
  }

  /** When the worker has last shown that it runs, by the broker's clock. */
  public Optional<Instant> beat() {
    return Optional.ofNullable(beat);
  }

  @Override
  public void close() {
    topic.close();
  }
}
