package io.chitra.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.flink.Worker;
import io.chitra.embedded.WorkerJob;
import io.chitra.faults.FaultProxy.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fault suite in full ({@code mvn -Pfaults verify}, an hour or two): deaths at random and at
 * each point, stopped processes, sleeping writers, a store that fails, broken records, drains with
 * another parallelism. Its report goes to {@code target/faults.md}. The numbers can be made smaller
 * for a try: {@code -Dfaults.kills=20} and so on; after {@code -Dfaults.minutes} no further fault
 * is made, and a run with fewer faults than kills asked for fails in the end. Runs with other
 * numbers for {@code -Dfaults.seed} have other faults, in another order.
 */
@Tag("long")
@Timeout(value = 6, unit = TimeUnit.HOURS)
@SuppressWarnings("NullAway.Init") // start sets what the test needs
class LongFaultsTest {

  private static final Path SCHEMAS = Path.of("../../schemas").toAbsolutePath().normalize();
  private static final Class<? extends WorkerJob> STUBS = TrappedWorker.Stubs.class;

  private static final int KILLS = number("faults.kills", 200);
  private static final int DEATHS_AT_POINT = number("faults.deaths-at-point", 25);
  private static final int PICTURES = number("faults.pictures", 100_000);
  private static final int BROKEN = number("faults.broken", 100_000);
  private static final int STORE_FAULTS = number("faults.store-faults", 10_000);
  private static final int SLEEPERS = number("faults.sleepers", 5);
  private static final int RESCALES = number("faults.rescales", 3);
  private static final int SEED = number("faults.seed", 1);
  private static final Duration LIMIT = Duration.ofMinutes(number("faults.minutes", 300));

  /** So many pictures and broken records are sent at a time, at least. */
  private static final int PORTION = 200;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private final Recoveries recoveries = new Recoveries();
  private final Random random = new Random(SEED);
  private final Map<Fault, Long> storeFaults = new LinkedHashMap<>();

  private FaultStack stack;
  private String model;
  private String lastKilled = "";
  private long pictures;
  private long broken;
  private long restarts;

  private static int number(String name, int usual) {
    return Integer.getInteger(name, usual);
  }

  @Test
  void nothingIsLostAndNothingIsThereTwice() throws Exception {
    start(2);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < KILLS; i++) {
      faults.add("kill");
    }
    for (Point point : Stream.of(Point.values()).filter(Point::isDeath).toList()) {
      for (int i = 0; i < DEATHS_AT_POINT; i++) {
        faults.add(point.name());
      }
    }
    for (int i = 0; i < SLEEPERS; i++) {
      faults.add("sleep");
    }
    for (int i = 0; i < RESCALES; i++) {
      faults.add("rescale");
    }
    Collections.shuffle(faults, random);
    int left = faults.size();
    long end = System.nanoTime() + LIMIT.toNanos();
    for (String fault : faults) {
      if (System.nanoTime() - end > 0) {
        break;
      }
      send(Math.max(PORTION, (PICTURES - (int) pictures) / left--));
      stack.awaitPuts(PORTION / 8);
      long start = System.nanoTime();
      switch (fault) {
        case "kill" -> killSome();
        case "sleep" -> sleepAndWakeUpLate();
        case "rescale" -> rescale();
        default -> dieAt(Point.valueOf(fault));
      }
      stack.awaitAll();
      if (fault.equals("kill")) {
        fault = "kill of " + lastKilled;
      }
      Duration recovery = Duration.ofNanos(System.nanoTime() - start);
      recoveries.add(fault, recovery);
      System.out.printf(
          "%d faults to go; %s: %.1f s; %d pictures, %d broken records%n",
          left, fault, recovery.toMillis() / 1000.0, pictures, broken);
    }
    while (pictures < PICTURES || broken < BROKEN || storeFaults() < STORE_FAULTS) {
      stack.cheat(0.2);
      send(PORTION * 5);
      stack.awaitAll();
    }

    Verdict verdict = stack.verdict(SCHEMAS);
    report(verdict);
    Set<Long> seen = stack.seen();
    stack.close();
    assertEquals(0, verdict.exit(), verdict.toString());
    assertEquals(pictures, verdict.number("records"));
    assertEquals(broken, verdict.number("dead_letters"));
    assertEquals(0, verdict.number("orphans"));
    assertEquals(Set.of(pictures + broken), seen, "who watches sees each event once");
    assertTrue(recoveries.count() >= KILLS, recoveries.table());
  }

  /** Starts the stack, or starts it again as it was left. */
  private void start(int parallelism) throws Exception {
    stack =
        FaultStack.start(
            folder,
            STUBS,
            3,
            Map.of(
                "chitra.render.parallelism",
                Integer.toString(parallelism),
                "chitra.plan.parallelism",
                Integer.toString(Math.min(parallelism, 2)),
                "faults.millis",
                "10"));
    model = stack.pushStubModel();
    stack.cheat(0.05);
  }

  private void send(int count) {
    stack.jobs().stubs(model, count - 2 * (count / 10));
    stack.jobs().twins(model, count / 10);
    pictures += count;
    int bad = (int) Math.min(count, Math.max(0, BROKEN - broken));
    stack.jobs().broken(bad);
    broken += bad;
    stack.jobs().flush();
  }

  /** One process, or two at once. */
  private void killSome() throws Exception {
    List<String> names = new ArrayList<>(stack.names());
    Collections.shuffle(names, random);
    List<String> killed = names.subList(0, random.nextInt(4) == 0 ? 2 : 1);
    lastKilled = killed.size() > 1 ? "two at once" : killed.get(0).replaceFirst("-\\d+", "");
    stack.kill(killed.toArray(String[]::new));
  }

  private void dieAt(Point point) throws Exception {
    stack.traps().set(point);
    switch (point) {
      case RESTORE -> stack.kill("taskmanager-1", "taskmanager-2", "taskmanager-3");
      case START -> stack.kill("jobmanager");
      default -> {
        stack.jobs().stubs(model, PORTION / 2);
        stack.jobs().flush();
        pictures += PORTION / 2;
      }
    }
    stack.awaitSprung(point);
  }

  /** A task manager sleeps until another one has its work, and wakes up as a writer of old. */
  private void sleepAndWakeUpLate() throws Exception {
    String name = stack.taskManagerNames().get(random.nextInt(3));
    ProcessHandle sleeper = stack.process(name);
    Signals.stop(sleeper);
    try {
      stack.awaitAll();
    } finally {
      Signals.wake(sleeper);
    }
    send(PORTION);
  }

  /** Stops with a savepoint, and goes on with other numbers of tasks. */
  private void rescale() throws Exception {
    new Worker(stack.addresses().flinkUi()).drain(FaultStack.PATIENCE);
    stack.awaitDrained();
    keepCounts();
    Jobs open = stack.jobs();
    long asked = open.events();
    stack.close();
    start(1 + random.nextInt(2)); // one task manager is to spare for sleepers
    stack.jobs().expect(asked);
  }

  private void keepCounts() {
    stack.proxy().counts().forEach((fault, count) -> storeFaults.merge(fault, count, Long::sum));
    restarts += stack.restarts();
  }

  private long storeFaults() {
    return storeFaults.values().stream().mapToLong(Long::longValue).sum() + stack.proxy().faults();
  }

  private void report(Verdict verdict) throws IOException {
    keepCounts();
    StringBuilder report = new StringBuilder("# Report of the fault suite\n\n");
    report.append(
        "%d faults (seed %d), %d pictures, %d broken records%n%n"
            .formatted(recoveries.count(), SEED, pictures, broken));
    report.append(recoveries.table());
    report.append("\nProcesses started again: ").append(restarts).append("\n\n");
    report.append("| fault of the store | requests |\n|---|---|\n");
    storeFaults.forEach((fault, count) -> report.append("| %s | %d |%n".formatted(fault, count)));
    report.append("\n| the checker found | |\n|---|---|\n");
    verdict
        .findings()
        .properties()
        .forEach(
            found -> report.append("| %s | %s |%n".formatted(found.getKey(), found.getValue())));
    Path target = Path.of(System.getProperty("faults.target", "target"));
    Files.createDirectories(target);
    Files.writeString(target.resolve("faults.md"), report);
  }
}
