package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import io.chitra.embedded.ProcessPlan.Heaps;
import io.chitra.embedded.StateLock.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The life of a stack of processes: through deaths, of its own supervisor too, and drains. */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class ProcessStackTest {
  private static final List<String> NAMES = List.of("kafka", "s3", "taskmanager-1", "jobmanager");

  @TempDir Path temp;

  @Test
  void whatDiesIsStartedAgainAndGoesOn() throws Exception {
    List<ProcessHandle> last = new ArrayList<>();
    try (SupervisedStack stack = SupervisedStack.start(options(), ProcessPlan.Worker.class)) {
      StackAddresses addresses = stack.addresses();
      KafkaProbe kafka = new KafkaProbe(addresses.kafka());
      String topic = kafka.newTopic(Map.of());
      kafka.commit(topic, "before");
      for (String name : NAMES) {
        ProcessHandle first = stack.process(name).orElseThrow();
        first.destroyForcibly();
        first.onExit().join();
        while (stack.process(name).filter(p -> p.pid() != first.pid()).isEmpty()) {
          stack.check();
          Thread.sleep(50);
        }
        assertNotEquals(first.pid(), stack.process(name).orElseThrow().pid());
      }
      // The death of the job manager, the last one, is that of its task manager too.
      while (stack.restarts() <= NAMES.size()) {
        stack.check();
        Thread.sleep(50);
      }
      assertEquals(NAMES.size() + 1, stack.restarts());
      assertEquals(List.of("before"), kafka.committed(topic));
      NAMES.forEach(name -> last.add(stack.process(name).orElseThrow()));
    }
    for (ProcessHandle process : last) {
      assertFalse(process.isAlive(), "an end in order leaves no process");
    }
    assertFalse(Files.exists(state().stackFile()));
    assertEquals(List.of(), pidFiles());
  }

  @Test
  void killedSupervisorTakesItsProcessesAlongAndItsSuccessorEndsTheRest() throws Exception {
    List<ProcessHandle> processes;
    ProcessHandle stopped;
    try (ChildJvm first = up("--processes=1")) {
      first.awaitLine("Running");
      processes = pidFiles().stream().map(file -> running(new PidFile(file))).toList();
      assertEquals(NAMES.size(), processes.size());
      // This one cannot notice the death of its supervisor.
      stopped = running(ChildProcess.pidFile(state(), "s3"));
      signal("-STOP", stopped);
      first.kill();
    }
    for (ProcessHandle process : processes) {
      if (!process.equals(stopped)) {
        process.onExit().join();
      }
    }
    assertTrue(stopped.isAlive());

    try (ChildJvm second = up("--processes=1")) {
      second.awaitLine("Running");
      assertFalse(stopped.isAlive(), "it held the port, and would have woken up some day");
      second.terminate();
      second.await();
    }
    assertEquals(List.of(), pidFiles());
  }

  @Test
  void drainedStackEndsWellAndIsResumed() throws Exception {
    // The worker takes one slot; the other one is for what else the cluster does.
    try (ChildJvm up = up("--processes=1", "--set", "taskmanager.numberOfTaskSlots=2")) {
      up.awaitLine("Running");
      CommandLineRun render =
          CommandLineRun.of(
              state().root(),
              "render",
              "--prompt",
              "a cat",
              "--dataset",
              "cats",
              "--steps",
              "2",
              "--out",
              temp.resolve("out"));
      assertEquals(0, render.exit(), render.said());
      theClusterTakesWhatIsPrintedForIt();

      CommandLineRun drain = CommandLineRun.of(state().root(), "drain", "--json");

      assertEquals(0, drain.exit(), drain.said());
      String savepoint = drain.json().get("savepoint").textValue();
      assertTrue(savepoint.contains("/savepoints/savepoint-c417a0-"), savepoint);
      assertEquals(0, up.await(), up.said());
      assertTrue(up.said().contains("Drained"), up.said());
    }
    CommandLineRun without = CommandLineRun.of(state().root(), "drain");
    assertEquals(1, without.exit());
    assertTrue(without.said().contains("no stack runs on"), without.said());

    // In one JVM it goes on as well, and is drained as well.
    try (ChildJvm resumed = CommandLineRun.start(state().root(), "resume")) {
      resumed.awaitLine("Running");
      CommandLineRun again =
          CommandLineRun.of(
              state().root(),
              "render",
              "--prompt",
              "a dog",
              "--steps",
              "2",
              "--out",
              temp.resolve("out2"));
      assertEquals(0, again.exit(), again.said());
      CommandLineRun drain = CommandLineRun.of(state().root(), "drain");
      assertEquals(0, drain.exit(), drain.said());
      assertEquals(0, resumed.await(), resumed.said());
      assertTrue(resumed.said().contains("Drained"), resumed.said());
    }
    String log = Files.readString(state().log());
    assertTrue(log.contains("/savepoints/savepoint-c417a0-"), "it started from the savepoint");
  }

  /** Beside the worker. */
  private void theClusterTakesWhatIsPrintedForIt() throws Exception {
    FlinkRunLine cluster =
        new FlinkRunLine(new StackFile(state().stackFile()).read().orElseThrow(), temp);
    List<Object> export = new ArrayList<>();
    export.addAll(List.of("export", "--dataset", "cats", "--format", "parquet", "--to"));
    export.add(temp.resolve("packed"));
    List<Object> plan = new ArrayList<>(export);
    plan.add("--plan-only");
    CommandLineRun planned = CommandLineRun.of(state().root(), plan.toArray());
    assertEquals(0, planned.exit(), planned.said());
    cluster.run(planned.said());
    export.add("--json");
    CommandLineRun published = CommandLineRun.of(state().root(), export.toArray());
    assertEquals("finished", published.json().path("outcome").asText(), published.said());

    try (ChildJvm verify =
        CommandLineRun.start(state().root(), "verify", "--dataset", "cats", "--elsewhere")) {
      StringBuilder line = new StringBuilder(verify.awaitLine("flink run"));
      while (line.charAt(line.length() - 1) == '\\') {
        line.append('\n').append(verify.awaitLine("    --"));
      }
      cluster.run(line.toString());
      assertEquals(0, verify.await(), verify.said());
    }
  }

  @Test
  void whatDoesNotStayUpIsGivenUpWithItsReason() throws Exception {
    Files.createDirectories(state().root());
    Files.writeString(state().root().resolve("version"), "1\n");
    Files.writeString(state().kafka(), "a file where a folder belongs");
    StateLock lock = StateLock.tryAcquire(state().lock(), Mode.ALONE).orElseThrow();
    RestartPolicy once = new RestartPolicy(Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO, 1);

    MachineException e =
        assertThrows(
            MachineException.class,
            () ->
                ProcessStack.start(
                    state(),
                    lock,
                    options(),
                    new ProcessPlan(1, ProcessPlan.Worker.class, Heaps.USUAL, once)));

    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains("kafka does not stay up: Cannot start the Kafka broker"), message);
    assertEquals(List.of(), pidFiles(), "nothing is left running");
  }

  private StateFolder state() {
    return new StateFolder(temp.resolve("state"));
  }

  private StackOptions options() throws MachineException {
    return new StackOptions(
        state().root(),
        Loopback.anyFree(),
        Loopback.anyFree(),
        Loopback.anyFree(),
        Map.of(),
        new StackLayout.Processes(1));
  }

  private ChildJvm up(String... layout) throws Exception {
    List<Object> arguments = new ArrayList<>();
    arguments.add("up");
    arguments.addAll(List.of(layout));
    for (String port : List.of("--kafka-port", "--s3-port", "--flink-port")) {
      arguments.addAll(List.of(port, Loopback.anyFree()));
    }
    return CommandLineRun.start(state().root(), arguments.toArray());
  }

  private List<Path> pidFiles() throws Exception {
    if (!Files.exists(state().processes())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(state().processes())) {
      return files.filter(file -> file.toString().endsWith(".pid")).toList();
    }
  }

  private static ProcessHandle running(PidFile file) {
    try {
      return file.running().orElseThrow();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    assertEquals(
        0, new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor());
  }
}
