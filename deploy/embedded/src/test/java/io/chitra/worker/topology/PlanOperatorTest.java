package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chitra.embedded.Servers;
import io.chitra.schemas.Codec;
import io.chitra.worker.task.JobMessage;
import io.chitra.worker.task.PlannedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Turns as mails of Flink's own mailbox, beside a real broker and a real S3 endpoint. */
@Timeout(60)
class PlanOperatorTest {

  @TempDir private static Path folder;

  private static Servers servers;
  private static Configuration options;

  @BeforeAll
  static void startServers() throws Exception {
    servers = Servers.start(folder);
    options = WorkerOptions.parse(servers.workerOptions(folder.resolve("checkpoints")));
    Topics.ensure(options);
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  /** A drained task takes no more mail after its savepoint, and runs what has come before. */
  @Test
  void theTurnThatADrainFindsIsTheLast() throws Exception {
    OperatorSubtaskState savepoint;
    try (OneInputStreamOperatorTestHarness<JobMessage, PlannedImage> drained = harness()) {
      drained.open();
      drained.processElement(new StreamRecord<>(jobOfFive()));
      runMail(drained);
      assertEquals(List.of(0), planned(drained));
      savepoint = drained.snapshot(1, 1);

      drained.getTaskMailbox().quiesce();
      runMail(drained);

      assertEquals(List.of(0, 1), planned(drained));
      assertFalse(runMail(drained));
    }
    try (OneInputStreamOperatorTestHarness<JobMessage, PlannedImage> next = harness()) {
      next.initializeState(savepoint);
      next.open();
      boolean more = true;
      while (more) {
        more = runMail(next);
      }
      assertEquals(List.of(1, 2, 3, 4), planned(next));
    }
  }

  private static OneInputStreamOperatorTestHarness<JobMessage, PlannedImage> harness()
      throws Exception {
    return new OneInputStreamOperatorTestHarness<>(
        new PlanOperator.Factory(options, Parts.ofWorker(), UUID.randomUUID().toString()));
  }

  private static JobMessage jobOfFive() throws Exception {
    byte[] job =
        Codec.renderJobs().encode(servers.job("five", "a cat").setNumImagesPerPrompt(5).build());
    return new JobMessage(options.get(WorkerOptions.TOPIC_JOBS), 0, 0, null, job);
  }

  /** Whether there was one. */
  private static boolean runMail(OneInputStreamOperatorTestHarness<?, ?> harness) throws Exception {
    Optional<Mail> mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
    if (mail.isPresent()) {
      mail.get().run();
    }
    return mail.isPresent();
  }

  private static List<Integer> planned(OneInputStreamOperatorTestHarness<?, PlannedImage> harness) {
    return harness.extractOutputValues().stream().map(PlannedImage::imageIndex).toList();
  }
}
