package io.chitra.worker.summary;

import io.chitra.job.JobRules;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.PictureEntry;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SubmissionSummary;
import io.chitra.worker.summary.WaitingJobs.Asked;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sums up by submission what was asked for and what has come of it, from the records of the topics
 * of jobs and of terminal events, each of which comes exactly once. Topics are read side by side,
 * so an end may come before its job. Keeps submissions until all of their pictures have ended: a
 * few numbers for one that waits, some hundred bytes for one that has begun.
 *
 * <p>What is not in the jobs topics any more is never summed up, since nobody knows what it asked
 * for. Used by one thread.
 */
public final class Sums {

  private static final Logger LOG = LoggerFactory.getLogger(Sums.class);

  private final Codecs codecs;
  private final Codec<SubmissionSummary> summaries = Codec.summaries();
  private final Map<Place, Tally> begun = new HashMap<>();
  private final Map<String, WaitingJobs> waiting = new HashMap<>();

  /** Submissions of which something has ended since the last flush. */
  private final Set<Place> changed = new LinkedHashSet<>();

  /** What is to be written whatever comes. */
  private final List<SummaryRecord> written = new ArrayList<>();

  /** What a record is about. */
  public enum Kind {
    JOB,
    RESULT,
    DEAD_LETTER,
    CANCELLED
  }

  /** How the records of the topics are read. */
  public record Codecs(
      Codec<RenderJob> jobs,
      Codec<PictureEntry> results,
      Codec<DeadLetter> deadLetters,
      Codec<CancelledRange> cancelled) {}

  public Sums(Codecs codecs) {
    this.codecs = codecs;
  }

  /** Takes one record; what is in a topic of ends and cannot be read is passed over. */
  public void add(Kind kind, TopicRow row) {
    try {
      switch (kind) {
        case JOB -> asked(row);
        case RESULT -> made(codecs.results().decode(row.value()), row.timestamp());
        case DEAD_LETTER -> failed(codecs.deadLetters().decode(row.value()), row.timestamp());
        case CANCELLED -> cancelled(codecs.cancelled().decode(row.value()), row.timestamp());
      }
    } catch (BadRecordException e) {
      LOG.warn(
          "Passed over {}-{}@{}: {}", row.topic(), row.partition(), row.offset(), e.getMessage());
    }
  }

  /** A record that is no job asks for one thing that cannot be made. */
  private void asked(TopicRow row) {
    Place place = new Place(row.topic(), row.partition(), row.offset());
    Optional<RenderJob> job = job(row.value());
    Asked asked =
        job.map(read -> asked(read, row.timestamp())).orElse(new Asked(0, 1, row.timestamp()));
    String dataset = job.map(Sums::datasetOf).orElse(null);
    String id = job.map(RenderJob::getId).orElse(null);
    Tally tally = begun.get(place);
    if (tally != null) {
      tally.asked(asked);
      tally.named(dataset, id);
      changed.add(place);
      return;
    }
    waiting
        .computeIfAbsent(
            row.topic() + "-" + row.partition(),
            name -> new WaitingJobs(row.topic(), row.partition()))
        .add(row.offset(), asked);
    written.add(
        record(
            SubmissionSummary.newBuilder()
                .setSubmission(place.submission())
                .setDataset(dataset)
                .setJobId(id)
                .setSubmittedAt(Instant.ofEpochMilli(asked.timestamp()))
                .setFirstIndex(asked.first())
                .setAsked(asked.count())
                .setFailedRanges(List.of())
                .setCancelledRanges(List.of())
                .build()));
  }

  private Optional<RenderJob> job(byte[] value) {
    return codecs.jobs().ifReadable(value);
  }

  /** Also of a job that breaks the rules, which asks for one thing at least. */
  private static Asked asked(RenderJob job, long timestamp) {
    Integer count = job.getIndexCount();
    long asked = count != null ? count : (long) job.getNumImagesPerPrompt() - job.getFirstIndex();
    return new Asked(
        Math.max(0, job.getFirstIndex()),
        (int) Math.max(1, Math.min(asked, Integer.MAX_VALUE)),
        timestamp);
  }

  private static String datasetOf(RenderJob job) {
    return job.getDataset() == null ? JobRules.DEFAULT_DATASET : job.getDataset();
  }

  private void made(PictureEntry picture, long timestamp) {
    Tally tally = of(Place.of(picture.getSubmission()), picture.getDataset(), picture.getJobId());
    if (picture.getReused()) {
      tally.reused(timestamp);
    } else {
      tally.rendered(timestamp);
    }
  }

  private void failed(DeadLetter letter, long timestamp) {
    String dataset = letter.getDataset();
    String job = letter.getJobId();
    Tally tally =
        of(
            Place.of(letter.getSubmission()),
            dataset == null && job != null ? JobRules.DEFAULT_DATASET : dataset,
            job);
    Integer first = letter.getFirstIndex();
    Integer count = letter.getIndexCount();
    if (first == null || count == null) {
      tally.allFailed(letter.getMessage(), timestamp);
    } else {
      tally.failed(first, count, letter.getMessage(), timestamp);
    }
  }

  private void cancelled(CancelledRange range, long timestamp) {
    of(Place.of(range.getSubmission()), range.getDataset(), range.getJobId())
        .cancelled(range.getFirstIndex(), range.getIndexCount(), timestamp);
  }

  private Tally of(Place place, @Nullable String dataset, @Nullable String job) {
    Tally tally = begun.get(place);
    if (tally == null) {
      tally = new Tally(place);
      begun.put(place, tally);
      WaitingJobs jobs = waiting.get(place.topic() + "-" + place.partition());
      if (jobs != null) {
        jobs.take(place.offset()).ifPresent(tally::asked);
      }
    }
    tally.named(dataset, job);
    changed.add(place);
    return tally;
  }

  /** What has changed since the last flush, ready for the topic; forgets what has ended. */
  public List<SummaryRecord> flush() {
    List<SummaryRecord> records = new ArrayList<>(written);
    written.clear();
    for (Place place : changed) {
      Tally tally = begun.get(place);
      if (tally != null && tally.known()) {
        records.add(record(tally.summary()));
        if (tally.complete()) {
          begun.remove(place);
        }
      }
    }
    changed.clear();
    return records;
  }

  private SummaryRecord record(SubmissionSummary summary) {
    return new SummaryRecord(
        Place.of(summary.getSubmission()).toString().getBytes(StandardCharsets.UTF_8),
        summaries.encode(summary));
  }

  /** How many submissions have not ended. */
  public int open() {
    return begun.size() + waiting.values().stream().mapToInt(WaitingJobs::size).sum();
  }

  /** The submissions that have begun, for a checkpoint; after a {@link #flush}. */
  public List<byte[]> begunState() {
    return begun.values().stream().map(tally -> summaries.encode(tally.state())).toList();
  }

  /** The submissions that wait, for a checkpoint; after a {@link #flush}. */
  public List<byte[]> waitingState() {
    return waiting.values().stream()
        .filter(jobs -> !jobs.isEmpty())
        .map(WaitingJobs::bytes)
        .toList();
  }

  /** Takes up what a checkpoint has kept. */
  public void restore(Iterable<byte[]> begunState, Iterable<byte[]> waitingState) {
    for (byte[] state : begunState) {
      try {
        Tally tally = Tally.of(summaries.decode(state));
        begun.put(tally.place(), tally);
      } catch (BadRecordException e) {
        throw new IllegalStateException("Cannot read the sums' own state", e);
      }
    }
    for (byte[] state : waitingState) {
      WaitingJobs jobs = WaitingJobs.of(state);
      waiting.put(jobs.topic() + "-" + jobs.partition(), jobs);
    }
  }
}
