package io.chitra.embedded.bench;

/**
 * What {@link StubBench} has measured.
 *
 * @param pictures of the job
 * @param concurrency requests of the put loop side by side, as many as the worker has pictures in
 *     flight
 * @param picturesPerSecond from the send of the job to its last visible record
 * @param putsPerSecond pairs of HEAD and conditional PUT, before and after the job
 */
public record StubReport(
    int pictures, int concurrency, double picturesPerSecond, double putsPerSecond) {

  /** What is left of the put loop's speed when Kafka, plan and records come to it. */
  public double ratio() {
    return picturesPerSecond / putsPerSecond;
  }
}
