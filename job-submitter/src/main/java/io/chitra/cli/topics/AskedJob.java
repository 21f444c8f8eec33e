package io.chitra.cli.topics;

import io.chitra.job.JobRules;
import io.chitra.schemas.RenderJob;

/**
 * What a record of the jobs topics asks for, as far as operations care.
 *
 * @param dataset never missing: a job that names none is in the default one
 * @param first the first index
 * @param end one after the last; above {@code first}, also for a job that breaks the rules, which
 *     asks for one picture at least
 */
public record AskedJob(String dataset, String job, long first, long end) {

  /** Of a job as any producer may have sent it. */
  public static AskedJob of(RenderJob job) {
    Integer count = job.getIndexCount();
    long first = Math.max(0, job.getFirstIndex());
    long asked = count != null ? count : (long) job.getNumImagesPerPrompt() - job.getFirstIndex();
    return new AskedJob(
        job.getDataset() == null ? JobRules.DEFAULT_DATASET : job.getDataset(),
        job.getId(),
        first,
        first + Math.max(1, asked));
  }

  /** The submission that asks for this. */
  public JobRuns.Run run(Place place, long timestamp) {
    return new JobRuns.Run(place, timestamp, first, end);
  }
}
