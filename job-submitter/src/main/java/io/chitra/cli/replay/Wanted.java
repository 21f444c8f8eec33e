package io.chitra.cli.replay;

import io.chitra.cli.topics.AskedJob;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobLog;
import io.chitra.cli.topics.JobRuns;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.TopicScan;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Which pictures of which submissions are asked for again: of those that are read, each picture in
 * the newest submission that asks for it, unless it was cancelled there, or the submission as a
 * whole was refused.
 *
 * @param submissions by their places
 * @param jobs how many jobs were found
 * @param refused how many of the submissions were refused as a whole
 * @param unreadable how many records were no job
 */
public record Wanted(Map<Place, Indexes> submissions, long jobs, long refused, long unreadable) {

  /** How many pictures. */
  public long pictures() {
    return submissions.values().stream().mapToLong(Indexes::size).sum();
  }

  /** Picks jobs by dataset and id; empty picks all. */
  public record Selection(Optional<String> dataset, Optional<String> job) {

    boolean picks(AskedJob asked) {
      return dataset.map(asked.dataset()::equals).orElse(true)
          && job.map(asked.job()::equals).orElse(true);
    }
  }

  /** Two jobs of different datasets have one id: in one dataset they would be one job. */
  public static final class SameIdException extends Exception {
    private static final long serialVersionUID = 1L;

    SameIdException(String job, String one, String other) {
      super(
          "Cannot replay job %s of dataset %s and of dataset %s into one dataset: choose one with --dataset"
              .formatted(job, one, other));
    }
  }

  private record JobName(String dataset, String job) {}

  /** Reads a log through. */
  public static Wanted find(
      JobLog log, SchemaSource schemas, Selection selection, TopicScan.Listener listener)
      throws TopicException, InterruptedException, SameIdException {
    Codec<RenderJob> codec = Codec.renderJobs().withSchemas(schemas);
    Map<JobName, JobRuns> jobs = new HashMap<>();
    long[] unreadable = {0};
    log.read(
        record -> {
          Optional<AskedJob> asked = codec.ifReadable(record.value()).map(AskedJob::of);
          if (asked.isEmpty()) {
            unreadable[0]++;
          } else if (selection.picks(asked.get())) {
            jobs.computeIfAbsent(
                    new JobName(asked.get().dataset(), asked.get().job()), name -> new JobRuns())
                .add(asked.get().run(Place.of(record), record.timestamp()));
          }
        },
        listener);
    requireNamesOnce(jobs.keySet());
    Map<Place, Indexes> wanted = new TreeMap<>();
    jobs.values().forEach(runs -> wanted.putAll(runs.counting()));
    long[] refused = {0};
    if (!wanted.isEmpty()) {
      Codec<CancelledRange> cancelled = Codec.cancelledRanges().withSchemas(schemas);
      log.readEnds(Topic.CANCELLED, record -> leaveOut(wanted, cancelled, record));
      wanted.values().removeIf(Indexes::isEmpty);
      Codec<DeadLetter> letters = Codec.deadLetters().withSchemas(schemas);
      log.readEnds(
          Topic.DEAD_LETTERS,
          record ->
              letters
                  .ifReadable(record.value())
                  .filter(letter -> letter.getFirstIndex() == null)
                  .map(letter -> wanted.remove(Place.of(letter.getSubmission())))
                  .ifPresent(whole -> refused[0]++));
    }
    return new Wanted(wanted, jobs.size(), refused[0], unreadable[0]);
  }

  private static void requireNamesOnce(Iterable<JobName> names) throws SameIdException {
    Map<String, String> datasets = new HashMap<>();
    for (JobName name : names) {
      String other = datasets.put(name.job(), name.dataset());
      if (other != null) {
        throw new SameIdException(name.job(), other, name.dataset());
      }
    }
  }

  private static void leaveOut(
      Map<Place, Indexes> wanted,
      Codec<CancelledRange> codec,
      ConsumerRecord<byte[], byte[]> record) {
    codec
        .ifReadable(record.value())
        .ifPresent(
            range -> {
              Indexes indexes = wanted.get(Place.of(range.getSubmission()));
              if (indexes != null) {
                indexes.remove(
                    range.getFirstIndex(), (long) range.getFirstIndex() + range.getIndexCount());
              }
            });
  }
}
