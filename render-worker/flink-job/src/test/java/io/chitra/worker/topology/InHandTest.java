package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** On the operator that Flink runs an asynchronous function in. */
class InHandTest {

  private static final int IN_FLIGHT = 4;

  @Test
  void whatFailedIsInEveryCheckpointUntilTheTaskEnds() throws Exception {
    IOException failure = new IOException("as a test wants");
    OperatorSubtaskState checkpoint;
    try (OneInputStreamOperatorTestHarness<Integer, Integer> failing =
        harness((element, result) -> InHand.fail(result, failure))) {
      failing.open();
      failing.processElement(new StreamRecord<>(7));

      assertSame(failure, assertThrows(IOException.class, () -> runMails(failing)));

      checkpoint = failing.snapshot(1, 1);
    }
    assertEquals(List.of(7), askedAgainAfter(checkpoint));
  }

  private static List<Integer> askedAgainAfter(OperatorSubtaskState checkpoint) throws Exception {
    List<Integer> asked = new ArrayList<>();
    try (OneInputStreamOperatorTestHarness<Integer, Integer> next =
        harness(
            (element, result) -> {
              asked.add(element);
              result.complete(List.of());
            })) {
      next.initializeState(checkpoint);
      next.open();
      runMails(next);
    }
    return asked;
  }

  private static OneInputStreamOperatorTestHarness<Integer, Integer> harness(
      AsyncFunction<Integer, Integer> function) throws Exception {
    return new OneInputStreamOperatorTestHarness<>(
        new AsyncWaitOperatorFactory<>(function, 0, IN_FLIGHT, OutputMode.UNORDERED),
        IntSerializer.INSTANCE);
  }

  private static void runMails(OneInputStreamOperatorTestHarness<Integer, Integer> harness)
      throws Exception {
    TaskMailbox mailbox = harness.getTaskMailbox();
    for (Optional<Mail> mail = mailbox.tryTake(TaskMailbox.MIN_PRIORITY);
        mail.isPresent();
        mail = mailbox.tryTake(TaskMailbox.MIN_PRIORITY)) {
      mail.get().run();
    }
  }
}
