package io.chitra.cli.letters;

import io.chitra.cli.topics.AskedJob;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.Place;
import io.chitra.job.JobRules;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.Stage;
import java.time.Instant;
import java.util.Optional;

/**
 * A dead letter without the bytes that it may carry.
 *
 * @param place where it lies itself
 * @param submission what it is about
 * @param job what the submission asks for, as far as it can be known
 * @param range the indexes that failed; empty: the whole submission
 * @param standing whether its pictures are still missing
 */
public record Letter(
    Place place,
    Instant failedAt,
    Place submission,
    Optional<JobName> job,
    Optional<Indexes.Range> range,
    Stage stage,
    String errorClass,
    String message,
    Standing standing) {

  /** What has come of a dead letter since. */
  public enum Standing {
    /** Nobody has asked for its pictures again. */
    STANDS,
    /** A newer submission asks for its pictures. */
    ASKED_AGAIN
  }

  /** A job within its dataset. */
  public record JobName(String dataset, String job) {}

  /**
   * A letter as it lies in the topic.
   *
   * @param asked what its bytes ask for, where it carries bytes that can be read
   */
  static Letter of(Place place, DeadLetter letter, Optional<AskedJob> asked) {
    Integer first = letter.getFirstIndex();
    Integer count = letter.getIndexCount();
    return new Letter(
        place,
        letter.getFailedAt(),
        Place.of(letter.getSubmission()),
        asked
            .map(job -> new JobName(job.dataset(), job.job()))
            .or(() -> Optional.ofNullable(letter.getJobId()).map(id -> name(letter, id))),
        first == null || count == null
            ? Optional.empty()
            : Optional.of(new Indexes.Range(first, (long) first + count)),
        letter.getStage(),
        letter.getErrorClass(),
        letter.getMessage(),
        Standing.STANDS);
  }

  private static JobName name(DeadLetter letter, String id) {
    return new JobName(
        letter.getDataset() == null ? JobRules.DEFAULT_DATASET : letter.getDataset(), id);
  }

  Letter with(Standing value) {
    return new Letter(place, failedAt, submission, job, range, stage, errorClass, message, value);
  }

  /** How the command line names it: {@code 0@17}. */
  public String id() {
    return place.partition() + "@" + place.offset();
  }
}
