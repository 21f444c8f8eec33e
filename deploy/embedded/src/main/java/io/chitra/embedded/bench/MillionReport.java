package io.chitra.embedded.bench;

import java.time.Duration;

/**
 * What {@link MillionBench} has seen.
 *
 * @param pictures of the job
 * @param records of it that became visible
 * @param picturesPerSecond from the send of the job to its last visible record
 * @param checkpoints that completed
 * @param failedCheckpoints that did not
 * @param longestCheckpoint from its trigger to its last acknowledgement
 * @param peakHeapBytes of this JVM, in which all of the stack runs
 */
public record MillionReport(
    int pictures,
    long records,
    double picturesPerSecond,
    int checkpoints,
    int failedCheckpoints,
    Duration longestCheckpoint,
    long peakHeapBytes) {}
