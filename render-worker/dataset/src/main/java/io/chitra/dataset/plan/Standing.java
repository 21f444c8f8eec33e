package io.chitra.dataset.plan;

/**
 * What had become of a dataset's pictures when it was planned.
 *
 * @param asked by the newest submissions of each job
 * @param made that have a record
 * @param failed that have a dead letter
 * @param cancelled that were cancelled
 * @param open that had not ended
 */
public record Standing(long jobs, long asked, long made, long failed, long cancelled, long open) {}
