package io.chitra.worker.topology;

import io.chitra.store.ObjectStore;
import io.chitra.worker.task.Cancels;
import java.io.Serializable;
import org.apache.flink.configuration.Configuration;

/** What is cancelled, as a task of the worker learns of it, from its opening to its closing. */
interface CancelFeed extends AutoCloseable {

  /** Opens a feed where a task runs; it travels there with the job. */
  @FunctionalInterface
  interface Factory extends Serializable {
    /**
     * Blocks until all that was cancelled before is known.
     *
     * @param reader a name for this one among the worker's tasks
     */
    CancelFeed open(Configuration options, String reader, ObjectStore store);
  }

  /**
   * What is cancelled by now; it goes on growing.
   *
   * @throws IllegalStateException when that can no longer be followed
   */
  Cancels cancels();

  /**
   * Learns of more from now on.
   *
   * @param changed is called after more has been cancelled, by this one's thread
   */
  void follow(Runnable changed);

  @Override
  void close() throws InterruptedException;
}
