package io.chitra.embedded;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackOptions;
import io.chitra.embedded.ProcessPlan.Heaps;
import io.chitra.store.FolderTree;
import io.chitra.worker.topology.WorkerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;

/**
 * A stack of processes over one state folder, and in this JVM their supervisor: broker, S3
 * endpoint, Flink's job manager with the worker, and task managers. What dies is started again and
 * goes on from what is on disk; ports and addresses stay the same.
 *
 * <p>Life cycle: as an {@link EmbeddedStack}'s. The processes end with this JVM, however it ends;
 * what an earlier supervisor could not end is ended by the next start.
 *
 * <p>Threads: safe for use by several.
 */
final class ProcessStack implements LocalStack {
  private static final Duration LEFTOVERS = Duration.ofSeconds(25);
  private static final Duration START = Duration.ofMinutes(5);
  private static final long LOOK_MILLIS = 200;
  private static final int CONNECT_MILLIS = 2_000;
  private static final int ANSWER_MILLIS = 10_000;

  private final StateFolder state;
  private final ProcessPlan plan;
  private final StackLife life;
  private final Supervisor supervisor;

  private ProcessStack(StateFolder state, StateLock lock, ProcessPlan plan) {
    this.state = state;
    this.plan = plan;
    this.life = new StackLife(state, lock, state.logs());
    this.supervisor = new Supervisor(state, plan.policy(), new Ends());
  }

  /**
   * Starts a stack on the folder whose lock is held.
   *
   * @param lock given back when the stack is closed or cannot be started
   */
  static ProcessStack start(
      StateFolder state, StateLock lock, StackOptions options, ProcessPlan plan)
      throws MachineException {
    ProcessStack stack = new ProcessStack(state, lock, plan);
    try {
      stack.open(options);
      return stack;
    } catch (Throwable e) {
      stack.life.shutDown();
      throw e;
    }
  }

  private void open(StackOptions options) throws MachineException {
    life.begin();
    life.opened(supervisor);
    Leftovers.end(state, LEFTOVERS);
    Ports ports = Ports.choose(options);
    Configuration worker = WorkerSetup.options(options);
    if (!worker.contains(WorkerOptions.RENDER_PARALLELISM)) {
      worker.set(WorkerOptions.RENDER_PARALLELISM, plan.taskManagers());
    }
    if (!worker.contains(WorkerOptions.RENDER_THREADS)) {
      int cores = Runtime.getRuntime().availableProcessors();
      worker.set(
          WorkerOptions.RENDER_THREADS,
          Math.max(1, cores / worker.get(WorkerOptions.RENDER_PARALLELISM)));
    }
    try {
      S3Credentials credentials = credentials();
      String kafka = Loopback.HOST + ":" + ports.kafka();
      URI s3 = URI.create("http://" + Loopback.HOST + ":" + ports.s3());
      WorkerSetup.connect(worker, state, kafka, s3, credentials);
      startAll(ports, worker);
      URI ui = URI.create("http://" + Loopback.HOST + ":" + ports.flink());
      awaitWorker(ui);
      life.announce(
          new StackAddresses(
              ProcessHandle.current().pid(),
              kafka,
              s3,
              EmbeddedS3.REGION,
              credentials.accessKey(),
              credentials.secretKey(),
              EmbeddedS3.BUCKET,
              ui));
    } catch (IOException e) {
      throw Failures.cannot("start the stack in " + state.root(), e);
    }
  }

  private S3Credentials credentials() throws IOException {
    Folders.createPrivately(state.s3());
    return S3Credentials.kept(state.s3().resolve("credentials"));
  }

  private void startAll(Ports ports, Configuration worker) throws IOException, MachineException {
    Heaps heaps = plan.heaps();
    int rpcPort = Loopback.anyFree();
    FolderTree.delete(state.flinkTemp());
    supervisor.keep(
        ChildSettings.server(ChildRole.KAFKA, state.kafka(), ports.kafka()),
        heaps.options(ChildRole.KAFKA));
    supervisor.keep(
        ChildSettings.server(ChildRole.S3, state.s3(), ports.s3()), heaps.options(ChildRole.S3));

    String name = ChildRole.JOB_MANAGER.title();
    supervisor.keep(
        new ChildSettings(
            name,
            ChildRole.JOB_MANAGER,
            "",
            List.of(ports.kafka(), ports.s3()),
            plan.job().getName(),
            merged(FlinkProcesses.jobManager(temp(name), rpcPort, ports.flink()), worker),
            worker.toMap()),
        heaps.options(ChildRole.JOB_MANAGER));

    int slots = slotsOfEach(WorkerJob.slots(worker));
    for (int i = 1; i <= plan.taskManagers(); i++) {
      String taskManager = taskManager(i);
      supervisor.keep(
          new ChildSettings(
              taskManager,
              ChildRole.TASK_MANAGER,
              "",
              List.of(),
              "",
              merged(FlinkProcesses.taskManager(temp(taskManager), rpcPort, slots), worker),
              Map.of()),
          heaps.options(ChildRole.TASK_MANAGER));
    }
  }

  private static String taskManager(int number) {
    return ChildRole.TASK_MANAGER.title() + "-" + number;
  }

  private int slotsOfEach(int slots) {
    return (slots + plan.taskManagers() - 1) / plan.taskManagers();
  }

  /** Options of Flink's own that the worker was given are for its processes too. */
  private static Map<String, String> merged(Configuration flink, Configuration worker) {
    Configuration merged = new Configuration(flink);
    worker.toMap().entrySet().stream()
        .filter(option -> !option.getKey().startsWith("chitra."))
        .forEach(option -> merged.setString(option.getKey(), option.getValue()));
    return merged.toMap();
  }

  private Path temp(String name) throws IOException {
    return Files.createDirectories(state.flinkTemp().resolve(name));
  }

  private void awaitWorker(URI ui) throws MachineException {
    URI jobs = ui.resolve("/jobs/overview");
    long deadline = System.nanoTime() + START.toNanos();
    try {
      while (!isWorkerAt(jobs)) {
        check();
        if (System.nanoTime() - deadline > 0) {
          throw new MachineException(
              "Cannot start the stack in %s: the worker did not come up in %d s; see the logs in %s"
                  .formatted(state.root(), START.toSeconds(), state.logs()));
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MachineException("Cannot wait for the stack: interrupted", e);
    }
  }

  private static boolean isWorkerAt(URI jobs) {
    try {
      URLConnection connection = jobs.toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      try (InputStream answer = connection.getInputStream()) {
        return new String(answer.readAllBytes(), StandardCharsets.UTF_8)
            .contains(WorkerJob.ID.toHexString());
      }
    } catch (IOException e) {
      return false;
    }
  }

  /** The number of a process that runs now, by its name. */
  OptionalLong pid(String name) {
    return supervisor.pid(name);
  }

  /** How often a process was started again. */
  long restarts() {
    return supervisor.restarts();
  }

  /** What the ends of processes mean for the stack. */
  private final class Ends implements Supervisor.Listener {
    /**
     * What task managers do after the death of their job manager is for nobody; they would only
     * notice when its heartbeats have been missing for a while.
     */
    @Override
    public void died(String name) {
      if (name.equals(ChildRole.JOB_MANAGER.title())) {
        for (int i = 1; i <= plan.taskManagers(); i++) {
          supervisor.kill(taskManager(i));
        }
      }
    }

    @Override
    public void done(String name) {
      if (name.equals(ChildRole.JOB_MANAGER.title())) {
        life.drain();
      } else {
        life.fail(name + " has ended");
      }
    }

    @Override
    public void givenUp(String name, String why) {
      life.fail(
          name.equals(ChildRole.JOB_MANAGER.title())
              ? "the Flink job has ended: " + why
              : "%s does not stay up: %s (more in %s)"
                  .formatted(name, why, state.logs().resolve(name + ".log")));
    }
  }

  @Override
  public StackAddresses addresses() {
    return life.addresses();
  }

  @Override
  public boolean attached() {
    return false;
  }

  @Override
  public void await() throws MachineException, InterruptedException {
    life.await();
  }

  @Override
  public boolean drained() {
    return life.drained();
  }

  @Override
  public void check() throws MachineException {
    life.check();
  }

  @Override
  public void close() {
    life.close();
  }
}
