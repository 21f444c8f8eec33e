package io.chitra.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults that take minutes each ({@code mvn -Pfaults verify}): a worker that sleeps until the
 * broker gives its transaction up, and disks that are full to the last byte.
 */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class HardFaultsTest {

  private static final Path SCHEMAS = Path.of("../../schemas").toAbsolutePath().normalize();
  private static final int PICTURES = 1_500;
  private static final long LOOK_MILLIS = 200;
  private static final long FULL_MILLIS = 10_000;
  private static final int MEBIBYTES = 700;

  /** Of a worker whose transactions may be as short as they can be. */
  private static final Map<String, String> SHORT_TRANSACTIONS =
      Map.of(
          "faults.millis", "20",
          "chitra.restarts", "5",
          "chitra.checkpoint.timeout", "2 s",
          "heartbeat.timeout", "4 s",
          "chitra.kafka.transaction-timeout", "20 s");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void whatTheBrokerGaveUpWhileAllSleptIsRepaired() throws Exception {
    try (FaultStack stack =
        FaultStack.start(folder, TrappedWorker.Stubs.class, 2, SHORT_TRANSACTIONS)) {
      stack.jobs().stubs(stack.pushStubModel(), PICTURES);
      stack.jobs().flush();
      stack.awaitPuts(PICTURES / 3);
      stack.traps().set(Point.LATE_COMMIT);
      stack.awaitSprung(Point.LATE_COMMIT);
      List<ProcessHandle> sleepers = new ArrayList<>();
      sleepers.add(stack.process("jobmanager"));
      for (String name : stack.taskManagerNames()) {
        sleepers.add(stack.process(name));
      }
      for (ProcessHandle sleeper : sleepers) {
        Signals.stop(sleeper);
      }
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", stack.addresses().kafka()))) {
        while (anyOpen(admin)) {
          Thread.sleep(LOOK_MILLIS);
        }
      } finally {
        for (ProcessHandle sleeper : sleepers) {
          Signals.wake(sleeper);
        }
      }
      stack.awaitProgress();

      Program repaired = fsck(stack);
      while (repaired.exit() != 0) { // what is under way is not taken for lost
        Thread.sleep(LOOK_MILLIS);
        repaired = fsck(stack);
      }

      Verdict verdict = stack.verdict(SCHEMAS);
      assertTrue(verdict.number("repaired") > 0, "the broker has aborted something: " + verdict);
      assertEquals(0, verdict.exit(), verdict.toString());
      assertEquals(PICTURES, verdict.number("records"));
      assertEquals(0, verdict.number("orphans"));
    }
  }

  private static boolean anyOpen(Admin admin) throws Exception {
    return admin.listTransactions().all().get().stream()
        .map(TransactionListing::state)
        .anyMatch(
            state ->
                state == TransactionState.ONGOING
                    || state == TransactionState.PREPARE_ABORT
                    || state == TransactionState.PREPARE_EPOCH_FENCE);
  }

  private Program fsck(FaultStack stack) throws Exception {
    Program program =
        Program.run(
            "io.chitra.cli.Main",
            List.of("-Dchitra.logs=" + folder.resolve("logs")),
            List.of("fsck", "--repair", "--settle", "5", "--state", stack.state().toString()));
    assertTrue(program.exit() == 0 || program.exit() == 1, program.said());
    return program;
  }

  @Test
  void aFullDiskOfTheStoreHoldsPicturesBackAndLosesNone() throws Exception {
    FaultStack.start(folder, TrappedWorker.Stubs.class, 1, Map.of()).close(); // makes the folder
    survives("state/s3");
  }

  @Test
  void aDiskThatIsFullForAllOfTheStackLosesNothing() throws Exception {
    survives("state");
  }

  private void survives(String full) throws Exception {
    Optional<SmallDisk> disk = SmallDisk.mount(folder.resolve(full), MEBIBYTES);
    assumeTrue(disk.isPresent(), "this process may not mount a file system");
    try (SmallDisk small = disk.get();
        FaultStack stack =
            FaultStack.start(folder, TrappedWorker.Stubs.class, 2, Map.of("faults.millis", "20"))) {
      String model = stack.pushStubModel();
      stack.jobs().stubs(model, PICTURES);
      stack.jobs().flush();
      stack.awaitPuts(PICTURES / 3);

      small.fill();
      Thread.sleep(FULL_MILLIS);
      long events = stack.watcher().events();
      small.empty();
      assertTrue(events < PICTURES, "it was in the middle");

      stack.jobs().stubs(model, 10);
      stack.awaitAll();
      Verdict verdict = stack.verdict(SCHEMAS);
      assertEquals(0, verdict.exit(), verdict.toString());
      assertEquals(PICTURES + 10, verdict.number("records"));
    }
  }
}
