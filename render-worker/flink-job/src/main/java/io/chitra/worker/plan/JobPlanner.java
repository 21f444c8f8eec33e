package io.chitra.worker.plan;

import static java.util.Objects.requireNonNull;

import io.chitra.job.JobException;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.Problem;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Stage;
import io.chitra.worker.task.DeadLetters;
import io.chitra.worker.task.JobMessage;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads, checks and resolves one record of {@code render.jobs}, with the same rules as the
 * submitter: any producer may have sent it. Whatever is wrong with it ends in a dead letter;
 * nothing that the record says can throw.
 *
 * <p>Safe for use by several threads if the catalog is.
 */
public final class JobPlanner {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  private final Codec<RenderJob> codec;
  private final ModelCatalog models;
  private final JobLimits limits;
  private final long maxJobBytes;
  private final DeadLetters deadLetters;

  /**
   * @param maxJobBytes of a record; what has more is not read
   */
  public JobPlanner(
      Codec<RenderJob> codec,
      ModelCatalog models,
      JobLimits limits,
      long maxJobBytes,
      DeadLetters deadLetters) {
    this.maxJobBytes = maxJobBytes;
    this.codec = codec;
    this.models = models;
    this.limits = limits;
    this.deadLetters = deadLetters;
  }

  /** May block while a model's small files are fetched. */
  public Plan plan(JobMessage message) {
    RenderJob job;
    try {
      byte[] value = message.value() == null ? new byte[0] : message.value();
      if (value.length > maxJobBytes) {
        throw new OversizedJobException(value.length, maxJobBytes);
      }
      job = codec.decode(value);
    } catch (BadRecordException | OversizedJobException e) {
      return new Plan.Refused(deadLetters.ofSubmission(message, Stage.DECODE, null, e));
    }
    try {
      RenderJob resolved = JobRules.resolve(job, models.facts(digest(job)), limits);
      return new Plan.FanOut(
          open(
              new PlanCursor(
                  message.topic(),
                  message.partition(),
                  message.offset(),
                  codec.encode(resolved),
                  resolved.getFirstIndex(),
                  resolved.getFirstIndex() + requireNonNull(resolved.getIndexCount())),
              resolved));
    } catch (JobException | UnknownModelException e) {
      return new Plan.Refused(deadLetters.ofSubmission(message, Stage.RESOLVE, job, e));
    }
  }

  /** Goes on with a submission that was planned before. */
  public OpenJob reopen(PlanCursor cursor) {
    try {
      return open(cursor, codec.decode(cursor.job()));
    } catch (BadRecordException e) {
      throw new IllegalStateException(
          "Cannot go on with %s-%d@%d: plan's own bytes are broken"
              .formatted(cursor.topic(), cursor.partition(), cursor.offset()),
          e);
    }
  }

  private static OpenJob open(PlanCursor cursor, RenderJob resolved) {
    return new OpenJob(cursor, requireNonNull(resolved.getDataset()), resolved.getId());
  }

  private static String digest(RenderJob job) throws JobException {
    String digest = job.getModelDigest();
    if (digest == null || !DIGEST.matcher(digest).matches()) {
      throw new JobException(
          List.of(
              new Problem(
                  "model_digest",
                  (digest == null ? "is missing" : "is no SHA-256 in 64 hex digits")
                      + "; push the model (chitra models push DIR) and send its digest")));
    }
    return digest;
  }
}
