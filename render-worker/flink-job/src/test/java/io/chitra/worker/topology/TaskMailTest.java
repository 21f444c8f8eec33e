package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailboxImpl;
import org.junit.jupiter.api.Test;

/**
 * {@link TaskMail} into Flink's own mailbox, in each state that a task's mailbox passes through.
 */
class TaskMailTest {
  private final TaskMailboxImpl box = new TaskMailboxImpl(Thread.currentThread());
  private final MailboxExecutor executor =
      new MailboxExecutorImpl(box, 0, StreamTaskActionExecutor.IMMEDIATE);
  private final TaskMail mail = new TaskMail(executor);
  private final List<String> taken = new ArrayList<>();

  @Test
  void stepsRunInTheTasksThreadInTheirOrder() throws Exception {
    mail.send(() -> taken.add("first"), "take the first");
    Thread other = new Thread(() -> mail.send(() -> taken.add("second"), "take the second"));
    other.start();
    other.join();

    assertEquals(List.of(), taken);
    assertTrue(executor.tryYield());
    assertTrue(executor.tryYield());

    assertEquals(List.of("first", "second"), taken);
  }

  /** What a stop with a savepoint does: the last mails run, and what they ask for is refused. */
  @Test
  void aStepThatIsLeftWhenTheTaskEndsMayAskForTheNextOne() throws Exception {
    mail.send(
        () -> {
          taken.add("turn");
          mail.send(() -> taken.add("next turn"), "take the next turn");
        },
        "take a turn");
    box.quiesce();

    assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}, "do anything"));
    assertTrue(executor.tryYield());
    assertFalse(executor.tryYield());

    assertEquals(List.of("turn"), taken);
  }

  @Test
  void aClosedMailboxTakesNothing() {
    box.close();

    mail.send(() -> taken.add("late"), "come late");

    assertEquals(List.of(), taken);
  }
}
