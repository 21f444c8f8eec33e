package io.chitra.cli.replay;

import io.chitra.job.JobChange;
import io.chitra.job.JobException;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.ModelFacts;
import io.chitra.schemas.RenderJob;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a job of the past becomes when it is asked for again. It is resolved as the worker did, with
 * the model that it names, so that it keeps every default and its seed, whatever is changed then.
 * Immutable; used where its models are.
 *
 * @param dataset the new one
 * @param change of its fields
 * @param model in place of the job's own; null: that one
 */
public record Rewriting(
    String dataset,
    JobChange change,
    @Nullable ModelFacts model,
    Supplies supplies,
    JobLimits limits) {

  /** What has come of a job. */
  public sealed interface Outcome {

    /** It can be asked for again. */
    record Again(RenderJob job) implements Outcome {}

    /** It never was a good job: a dead letter is all that came of it. */
    record NeverGood(String why) implements Outcome {}

    /** It was a good one, and is none with the changes. */
    record NoLongerGood(String why) implements Outcome {}
  }

  /** Rewrites a job; its range of indexes stays. */
  public Outcome of(RenderJob job) {
    String digest = job.getModelDigest();
    if (digest == null) {
      return new Outcome.NeverGood("it names no model");
    }
    Optional<ModelFacts> facts = supplies.facts(digest);
    RenderJob before;
    if (facts.isPresent()) {
      try {
        before = JobRules.resolve(job, facts.get(), limits);
      } catch (JobException e) {
        return new Outcome.NeverGood(String.valueOf(e.getMessage()));
      }
    } else if (model != null && isResolved(job)) {
      before = job;
    } else {
      return new Outcome.NoLongerGood(
          "its model %s is not in the store; push it with: chitra models push DIR"
              .formatted(digest));
    }
    RenderJob after = change.applyTo(before);
    after.setDataset(dataset);
    if (model != null) {
      after.setModelDigest(model.digest());
      after.setModelName(model.name());
    }
    ModelFacts judge = model != null ? model : facts.orElseThrow();
    try {
      return new Outcome.Again(supplies.here(JobRules.resolve(after, judge, limits)));
    } catch (JobException | Supplies.MissingException e) {
      return new Outcome.NoLongerGood(String.valueOf(e.getMessage()));
    }
  }

  /** Whether it says all that a model would fill in. */
  private static boolean isResolved(RenderJob job) {
    return job.getNumInferenceSteps() != null
        && job.getGuidanceScale() != null
        && job.getScheduler() != null
        && job.getWidth() != null
        && job.getHeight() != null
        && job.getSeed() != null;
  }
}
