package io.chitra.worker.plan;

/**
 * A submission that is being fanned out: how far it has come, and what decides its share.
 *
 * @param dataset that its pictures belong to
 * @param jobId within the dataset
 */
public record OpenJob(PlanCursor cursor, String dataset, String jobId) {

  /** After the next picture; only where the cursor has more. */
  OpenJob advanced() {
    return new OpenJob(cursor.advanced(), dataset, jobId);
  }
}
