package io.chitra.worker.topology;

import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Steps for an operator's own thread, sent by any thread. A task that ends refuses mail; for a step
 * that the next start takes again from the checkpoint, that is no failure.
 *
 * <p>Lives as long as its operator. Thread-safe.
 */
final class TaskMail {
  private static final Logger LOG = LoggerFactory.getLogger(TaskMail.class);

  private final MailboxExecutor mailbox;

  TaskMail(MailboxExecutor mailbox) {
    this.mailbox = mailbox;
  }

  /**
   * Has the task's thread run a step, unless the task ends before.
   *
   * @param description what the step does, for messages
   */
  void send(ThrowingRunnable<Exception> step, String description) {
    try {
      mailbox.execute(step, description);
    } catch (RejectedExecutionException ending) {
      LOG.debug("Leaves it to the next start to {}", description);
    }
  }
}
