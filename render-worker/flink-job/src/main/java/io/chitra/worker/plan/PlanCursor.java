package io.chitra.worker.plan;

import io.chitra.worker.task.PlannedImage;

/**
 * How far a submission has been fanned out. It is plan's state: a job of a million pictures is one
 * cursor, never a million tasks.
 *
 * @param job the resolved job, single-object encoded
 * @param nextIndex the image index that comes next
 * @param endIndex one after the last image index; always above {@code nextIndex}
 */
public record PlanCursor(
    String topic, int partition, long offset, byte[] job, int nextIndex, int endIndex) {

  public PlanCursor {
    if (nextIndex >= endIndex) {
      throw new IllegalArgumentException(
          "Cannot make a plan cursor: index " + nextIndex + " is not below " + endIndex);
    }
  }

  /** The picture that the cursor stands before. */
  public PlannedImage next() {
    return new PlannedImage(topic, partition, offset, job, nextIndex);
  }

  /** How many pictures are still to come. */
  public int left() {
    return endIndex - nextIndex;
  }

  /** Whether there are pictures after the next one. */
  public boolean hasMore() {
    return left() > 1;
  }

  /** The cursor after the next picture; only where {@link #hasMore()}. */
  public PlanCursor advanced() {
    return new PlanCursor(topic, partition, offset, job, nextIndex + 1, endIndex);
  }
}
