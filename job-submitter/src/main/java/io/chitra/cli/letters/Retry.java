package io.chitra.cli.letters;

import io.chitra.cli.letters.Letter.JobName;
import io.chitra.cli.topics.AskedJob;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobRuns;
import io.chitra.cli.topics.JobsAgain;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.TopicScan;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Which pictures of one job are worth another try: those that failed or were cancelled in the
 * newest submission that asks for them. So what a newer submission asks for already is never asked
 * for twice. Used by one thread.
 */
public final class Retry {

  private final TopicScan topics;
  private final JobName name;
  private final Codec<RenderJob> jobs;
  private final Codec<DeadLetter> deadLetters;
  private final Codec<CancelledRange> cancelled;

  private final JobRuns runs = new JobRuns();
  private final Map<Place, Indexes> asked = new TreeMap<>();
  private long pictures;

  /** What may be tried again. */
  public enum What {
    FAILED,
    CANCELLED
  }

  /** The job of a dataset. */
  public Retry(TopicScan topics, SchemaSource schemas, String dataset, String job) {
    this.topics = topics;
    this.name = new JobName(dataset, job);
    this.jobs = Codec.renderJobs().withSchemas(schemas);
    this.deadLetters = Codec.deadLetters().withSchemas(schemas);
    this.cancelled = Codec.cancelledRanges().withSchemas(schemas);
  }

  /**
   * Reads the submissions of the job.
   *
   * @return whether there are any
   */
  public boolean find() throws TopicException, InterruptedException {
    topics.read(this::take, Topic.OF_JOBS);
    return !asked.isEmpty();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    RenderJob job = jobs.ifReadable(record.value()).orElse(null);
    if (job == null) {
      return;
    }
    AskedJob found = AskedJob.of(job);
    if (found.job().equals(name.job()) && found.dataset().equals(name.dataset())) {
      Place place = Place.of(record);
      runs.add(found.run(place, record.timestamp()));
      asked.put(place, Indexes.of(found.first(), found.end()));
      pictures = Math.max(pictures, Math.max(job.getNumImagesPerPrompt(), found.end()));
    }
  }

  /** How many pictures the job has; after {@link #find}. */
  public long pictures() {
    return pictures;
  }

  /** What ended in one of these ways, by the submission to ask again for; after {@link #find}. */
  public Map<Place, Indexes> ended(Set<What> ways) throws TopicException, InterruptedException {
    Map<Place, Indexes> ended = new TreeMap<>();
    if (ways.contains(What.FAILED)) {
      topics.read(
          record -> deadLetters.ifReadable(record.value()).ifPresent(letter -> add(ended, letter)),
          Set.of(Topic.DEAD_LETTERS));
    }
    if (ways.contains(What.CANCELLED)) {
      topics.read(
          record ->
              cancelled
                  .ifReadable(record.value())
                  .ifPresent(
                      range ->
                          add(
                              ended,
                              Place.of(range.getSubmission()),
                              range.getFirstIndex(),
                              range.getIndexCount())),
          Set.of(Topic.CANCELLED));
    }
    return counting(ended);
  }

  private void add(Map<Place, Indexes> ended, DeadLetter letter) {
    Place submission = Place.of(letter.getSubmission());
    Integer first = letter.getFirstIndex();
    Integer count = letter.getIndexCount();
    if (first != null && count != null) {
      add(ended, submission, first, count);
    } else {
      Indexes all = asked.get(submission);
      if (all != null) {
        all.ranges().forEach(range -> add(ended, submission, range.first(), range.count()));
      }
    }
  }

  private void add(Map<Place, Indexes> ended, Place submission, long first, long count) {
    if (asked.containsKey(submission)) {
      ended.computeIfAbsent(submission, place -> new Indexes()).add(first, first + count);
    }
  }

  /** Given indexes, by the submission to ask again for; after {@link #find}. */
  public Map<Place, Indexes> given(Indexes indexes) {
    Map<Place, Indexes> given = new TreeMap<>();
    asked.keySet().forEach(place -> given.put(place, indexes));
    Map<Place, Indexes> again = counting(given);
    Indexes never = indexes;
    for (Indexes found : again.values()) {
      never = never.without(found);
    }
    Optional<JobRuns.Run> newest = runs.newest();
    if (!never.isEmpty() && newest.isPresent()) {
      again.computeIfAbsent(newest.get().place(), place -> new Indexes()).addAll(never);
    }
    return again;
  }

  /** Those of the indexes that count in their submission. */
  private Map<Place, Indexes> counting(Map<Place, Indexes> indexes) {
    Map<Place, Indexes> counting = new TreeMap<>();
    runs.counting()
        .forEach(
            (place, own) -> {
              Indexes both = own.and(indexes.getOrDefault(place, new Indexes()));
              if (!both.isEmpty()) {
                counting.put(place, both);
              }
            });
    return counting;
  }

  /** Sends what one of the others found. */
  public static void send(Map<Place, Indexes> found, JobsAgain again)
      throws JobsAgain.NoSuchJobException, TopicException, InterruptedException {
    for (Map.Entry<Place, Indexes> submission : found.entrySet()) {
      for (Indexes.Range range : submission.getValue().ranges()) {
        again.range(submission.getKey(), range);
      }
    }
    again.flush();
  }
}
