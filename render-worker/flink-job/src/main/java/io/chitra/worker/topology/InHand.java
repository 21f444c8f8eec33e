package io.chitra.worker.topology;

import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.util.ExceptionUtils;

/** How an asynchronous function fails without losing what it has in hand. */
final class InHand {
  private InHand() {}

  /**
   * Fails the task, with the element still in hand.
   *
   * <p>{@link ResultFuture#completeExceptionally} takes the element out of the operator's queue as
   * if it had come to nothing, while the task is about to fail. A checkpoint that begins before the
   * task has ended does not hold the element, can complete, and is what the next start restores.
   * What throws in the task's own thread ends the task there, and no checkpoint comes after it.
   */
  static <T> void fail(ResultFuture<T> result, Throwable failure) {
    result.complete(
        () -> {
          ExceptionUtils.rethrowException(failure);
          throw new AssertionError(failure);
        });
  }
}
