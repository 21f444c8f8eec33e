package io.chitra.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.flink.Worker;
import io.chitra.starter.StarterModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fault suite as every build runs it: each kind of death once, in a few minutes. The checker
 * decides whether it was survived.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShortFaultsTest {

  private static final Path SCHEMAS = Path.of("../../schemas").toAbsolutePath().normalize();

  private static final int STUBS_A_ROUND = 300;

  /**
   * Puts of pictures until none is tried alone any more: of 8 in flight each may be a suspect after
   * a death, and a suspect that is alone when somebody kills its process is given up.
   */
  private static final int MORE_THAN_SUSPECTS = 12;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final Recoveries recoveries = new Recoveries();

  @Test
  @Order(1)
  void stubsSurviveEveryKindOfDeath() throws Exception {
    try (FaultStack stack =
        FaultStack.start(folder, TrappedWorker.Stubs.class, 2, Map.of("faults.millis", "20"))) {
      String model = stack.pushStubModel();
      Rounds rounds = new Rounds(stack, model, STUBS_A_ROUND);
      stack.cheat(0.02);
      stack.jobs().broken(100);

      round(rounds, "kill of a task manager", () -> stack.kill("taskmanager-1"));
      round(
          rounds, "kill of both task managers", () -> stack.kill("taskmanager-1", "taskmanager-2"));
      round(rounds, "kill of the job manager", () -> stack.kill("jobmanager"));
      round(rounds, "kill of the broker", () -> stack.kill("kafka"));
      round(rounds, "kill of the S3 endpoint", () -> stack.kill("s3"));
      for (Point point :
          new Point[] {
            Point.BEFORE_PUT, Point.AFTER_PUT, Point.BEFORE_COMMIT, Point.AFTER_COMMIT
          }) {
        round(rounds, "death at " + point, () -> stack.dieAt(point));
      }
      round(
          rounds,
          "death at RESTORE, after a kill",
          () -> {
            stack.traps().set(Point.RESTORE);
            stack.kill("taskmanager-2");
            stack.awaitSprung(Point.RESTORE);
          });
      round(
          rounds,
          "death at START, after a kill of job and task manager",
          () -> {
            stack.traps().set(Point.START);
            stack.kill("jobmanager", "taskmanager-1");
            stack.awaitSprung(Point.START);
          });
      stack.jobs().failing(model, 20);
      stack.awaitAll();

      Verdict verdict = stack.verdict(SCHEMAS);
      Files.writeString(
          Path.of(System.getProperty("faults.target", "target"), "faults-short.md"),
          recoveries.table() + "\n" + stack.proxy().counts() + "\n\n" + verdict + "\n");
      assertEquals(0, verdict.exit(), verdict.toString());
      assertTrue(recoveries.count() >= 8, recoveries.table());
      assertTrue(verdict.number("records") >= 3_000, verdict.toString());
      assertEquals(stack.jobs().pictures() - 20, verdict.number("records"));
      assertEquals(stack.jobs().broken() + 20, verdict.number("dead_letters"));
      assertEquals(0, verdict.number("orphans"), verdict.toString());
      // Who watched all the time has seen each event once, and none that is gone.
      assertEquals(Set.of(stack.jobs().events()), stack.seen());
      assertTrue(stack.proxy().faults() > 0);
    }
  }

  @Test
  @Order(2)
  void picturesSurviveToo() throws Exception {
    try (FaultStack stack =
        FaultStack.start(
            folder, TrappedWorker.Pictures.class, 1, Map.of("chitra.render.parallelism", "1"))) {
      String model = stack.pushModel(StarterModel.unpack(folder.resolve("starter-model")));
      stack.jobs().pictures(model, "a red apple", 20, 3);
      stack.jobs().pictures(model, "a blue car", 20, 3);
      stack.awaitPuts(8);
      stack.kill("taskmanager-1");
      stack.awaitPuts(MORE_THAN_SUSPECTS);
      stack.dieAt(Point.AFTER_PUT);
      stack.awaitPuts(MORE_THAN_SUSPECTS);
      stack.kill("jobmanager", "taskmanager-1");
      stack.awaitAll();

      Verdict verdict = stack.verdict(SCHEMAS);
      assertEquals(0, verdict.exit(), verdict.toString());
      assertEquals(40, verdict.number("records"));
      assertEquals(40, verdict.number("pictures_decoded"));
      assertEquals(0, verdict.number("orphans"));
    }
  }

  @Test
  @Order(3)
  void aDrainInTheMiddleOfAJobAndMoreTasksAfterItChangeNothing() throws Exception {
    long asked;
    try (FaultStack stack =
        FaultStack.start(
            folder,
            TrappedWorker.Stubs.class,
            2,
            Map.of("chitra.render.parallelism", "1", "faults.millis", "20"))) {
      stack.jobs().stubs(stack.pushStubModel(), 2_000);
      stack.jobs().flush();
      stack.awaitPuts(300);
      asked = stack.jobs().events();

      new Worker(stack.addresses().flinkUi()).drain(FaultStack.PATIENCE);

      stack.awaitDrained();
      assertTrue(stack.watcher().events() < asked, "it was in the middle");
    }
    try (FaultStack stack =
        FaultStack.start(
            folder,
            TrappedWorker.Stubs.class,
            2,
            Map.of("chitra.render.parallelism", "2", "faults.millis", "1"))) {
      stack.jobs().expect(asked);
      stack.awaitAll();

      Verdict verdict = stack.verdict(SCHEMAS);
      assertEquals(0, verdict.exit(), verdict.toString());
      assertEquals(asked, verdict.number("records"));
      assertEquals(0, verdict.number("orphans"));
    }
  }

  private void round(Rounds rounds, String fault, Rounds.Fault action) throws Exception {
    recoveries.add(fault, rounds.run(action));
  }
}
