package io.chitra.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The promise on S3 servers that were not made here, with their processes killed too ({@code mvn
 * -Pfaults verify}, after {@code deploy/faults/others.sh} has built them).
 */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class OtherStoresTest {

  private static final Path SCHEMAS = Path.of("../../schemas").toAbsolutePath().normalize();
  private static final int PICTURES_A_ROUND = 200;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @ParameterizedTest
  @EnumSource(OtherStore.class)
  void nothingIsLostAndNothingIsThereTwice(OtherStore store) throws Exception {
    assumeTrue(store.program().isPresent(), () -> store + " was not built");
    try (FaultStack stack =
        FaultStack.on(store, folder, TrappedWorker.Stubs.class, 2, Map.of("faults.millis", "20"))) {
      Rounds rounds = new Rounds(stack, stack.pushStubModel(), PICTURES_A_ROUND);
      stack.cheat(0.05);
      stack.jobs().broken(20);
      String server = store.forgets() ? "taskmanager-2" : "s3";
      rounds.run(() -> stack.kill(server));
      rounds.run(() -> stack.kill("taskmanager-1"));
      rounds.run(() -> stack.kill(server, "jobmanager"));
      for (Point point : new Point[] {Point.BEFORE_PUT, Point.AFTER_PUT, Point.BEFORE_COMMIT}) {
        rounds.run(() -> stack.dieAt(point));
      }
      rounds.run(() -> stack.kill(server, "kafka"));

      Verdict verdict = stack.verdict(SCHEMAS);
      assertEquals(0, verdict.exit(), verdict.toString());
      assertEquals(stack.jobs().pictures(), verdict.number("records"));
      assertEquals(stack.jobs().broken(), verdict.number("dead_letters"));
      assertEquals(0, verdict.number("orphans"), verdict.toString());
      assertEquals(Set.of(stack.jobs().events()), stack.seen());
    }
  }
}
