package io.chitra.faults;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import io.chitra.embedded.Loopback;
import io.chitra.embedded.SupervisedStack;
import io.chitra.embedded.WorkerJob;
import io.chitra.embedded.bench.StubModel;
import io.chitra.faults.FaultProxy.Fault;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.PushListener;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A stack of processes with a {@link FaultProxy} between its worker and its S3 endpoint, jobs to
 * send, a reader that watches, and all that can be done to it. For one thread.
 */
final class FaultStack implements AutoCloseable {

  /** A recovery that takes longer is none. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  private static final String BUCKET = "chitra";
  private static final StoreCredentials CREDENTIALS =
      new StoreCredentials("FAULTSACCESSKEY00000", "faults-secret-key");
  private static final long LOOK_MILLIS = 20;
  private static final AtomicInteger ROUNDS = new AtomicInteger();

  private final Path folder;
  private final int taskManagers;
  private final FaultProxy proxy;
  private final SupervisedStack stack;
  private final @Nullable OtherServer other;
  private final Traps traps;
  private final Jobs jobs;
  private final Watcher watcher;
  private final Optional<Witness> witness;

  private FaultStack(
      Path folder,
      int taskManagers,
      FaultProxy proxy,
      SupervisedStack stack,
      @Nullable OtherServer other,
      Traps traps)
      throws IOException {
    this.folder = folder;
    this.taskManagers = taskManagers;
    this.proxy = proxy;
    this.stack = stack;
    this.other = other;
    this.traps = traps;
    this.jobs = new Jobs(stack.addresses().kafka(), ROUNDS.incrementAndGet());
    this.watcher = new Watcher(stack.addresses().kafka());
    this.witness = Witness.start(stack.addresses().kafka());
  }

  /**
   * Starts one, or one again on what an earlier one has left.
   *
   * @param more options of the worker and of Flink
   */
  static FaultStack start(
      Path folder, Class<? extends WorkerJob> job, int taskManagers, Map<String, String> more)
      throws IOException, MachineException {
    return start(folder, job, taskManagers, more, null);
  }

  /** Starts one whose pictures go to another store; its own S3 endpoint is there for nothing. */
  static FaultStack on(
      OtherStore store,
      Path folder,
      Class<? extends WorkerJob> job,
      int taskManagers,
      Map<String, String> more)
      throws IOException, MachineException {
    OtherServer other =
        OtherServer.start(store, folder.resolve("other"), Loopback.anyFree(), BUCKET, CREDENTIALS);
    try {
      return start(folder, job, taskManagers, more, other);
    } catch (IOException | MachineException | RuntimeException e) {
      other.close();
      throw e;
    }
  }

  private static FaultStack start(
      Path folder,
      Class<? extends WorkerJob> job,
      int taskManagers,
      Map<String, String> more,
      @Nullable OtherServer other)
      throws IOException, MachineException {
    int s3 = Loopback.anyFree();
    Traps traps = new Traps(folder.resolve("traps").toString());
    for (Point point : Point.values()) {
      traps.clear(point);
    }
    FaultProxy proxy = FaultProxy.start(other == null ? s3 : other.endpoint().getPort());
    try {
      Map<String, String> options = new LinkedHashMap<>();
      options.put("chitra.s3.endpoint", proxy.endpoint().toString());
      if (other != null) {
        options.put("chitra.s3.access-key", CREDENTIALS.accessKey());
        options.put("chitra.s3.secret-key", CREDENTIALS.secretKey());
      }
      options.put("chitra.checkpoint.interval", "500 ms");
      options.put("chitra.restarts", "5000");
      options.put("chitra.restart-wait", "2 s");
      options.put("chitra.render.parallelism", "2");
      options.put("heartbeat.interval", "1 s");
      options.put("heartbeat.timeout", "12 s");
      options.put(TrappedWorker.TRAPS.key(), traps.folder());
      options.putAll(more);
      SupervisedStack stack =
          SupervisedStack.start(
              new StackOptions(
                  folder.resolve("state"),
                  Loopback.anyFree(),
                  s3,
                  Loopback.anyFree(),
                  options,
                  new StackLayout.Processes(taskManagers)),
              job);
      return new FaultStack(folder, taskManagers, proxy, stack, other, traps);
    } catch (MachineException | RuntimeException e) {
      proxy.close();
      throw e;
    }
  }

  Jobs jobs() {
    return jobs;
  }

  FaultProxy proxy() {
    return proxy;
  }

  Traps traps() {
    return traps;
  }

  Watcher watcher() {
    return watcher;
  }

  /** Its state folder. */
  Path state() {
    return folder.resolve("state");
  }

  StackAddresses addresses() {
    StackAddresses at = stack.addresses();
    return other == null
        ? at
        : new StackAddresses(
            at.pid(),
            at.kafka(),
            other.endpoint(),
            at.region(),
            CREDENTIALS.accessKey(),
            CREDENTIALS.secretKey(),
            at.bucket(),
            at.flinkUi());
  }

  /** How often a process was started again. */
  long restarts() {
    return stack.restarts();
  }

  /** The names of its processes. */
  List<String> names() {
    return Stream.concat(Stream.of("kafka", "s3", "jobmanager"), taskManagerNames().stream())
        .toList();
  }

  List<String> taskManagerNames() {
    return IntStream.rangeClosed(1, taskManagers).mapToObj(i -> "taskmanager-" + i).toList();
  }

  /** Puts the model of the stubs there, past the proxy. */
  String pushStubModel() throws IOException {
    try (ObjectStore objects = objects()) {
      return StubModel.push(objects, folder);
    }
  }

  /** Puts a model there, past the proxy. */
  String pushModel(Path model) throws IOException {
    try (ObjectStore objects = objects()) {
      return new ModelRepository(objects, folder.resolve("pushed-models"), Long.MAX_VALUE)
          .push(model, PushListener.NONE);
    }
  }

  private ObjectStore objects() {
    StackAddresses at = addresses();
    return S3ObjectStore.open(
        StoreConfig.at(
            at.s3Endpoint(), at.bucket(), new StoreCredentials(at.accessKey(), at.secretKey())));
  }

  /** The process of that name, once there is one. */
  ProcessHandle process(String name) throws MachineException, InterruptedException {
    await("process " + name, () -> running(name).filter(ProcessHandle::isAlive).isPresent());
    return running(name).orElseThrow();
  }

  private Optional<ProcessHandle> running(String name) {
    return other != null && name.equals("s3") ? Optional.of(other.process()) : stack.process(name);
  }

  /** SIGKILL, to several at once. */
  void kill(String... names) throws MachineException, InterruptedException {
    List<ProcessHandle> processes =
        Stream.of(names).flatMap(name -> running(name).stream()).toList();
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
  }

  /** Sets a trap, and waits until a process has died in it. */
  void dieAt(Point point) throws IOException, MachineException, InterruptedException {
    traps.set(point);
    awaitSprung(point);
  }

  /** Waits until a process has come by a trap. */
  void awaitSprung(Point point) throws MachineException, InterruptedException {
    await("trap at " + point, () -> !traps.isSet(point));
  }

  /** Waits until so many puts of pictures more have come by. */
  void awaitPuts(long more) throws MachineException, InterruptedException {
    long enough = proxy.pictures() + more;
    await(more + " puts", () -> proxy.pictures() >= enough);
  }

  /** Waits until all that was asked for has its event, and all who watch have seen it. */
  void awaitAll() throws MachineException, InterruptedException {
    jobs.flush();
    await(
        "%d events".formatted(jobs.events()),
        () -> seen().stream().allMatch(events -> events >= jobs.events()));
  }

  /** How many events each of those who watch has seen. */
  Set<Long> seen() {
    Set<Long> seen = new TreeSet<>();
    seen.add(watcher.events());
    witness.ifPresent(other -> seen.add(other.events()));
    return seen;
  }

  /** Waits until the reader has seen one event more. */
  void awaitProgress() throws MachineException, InterruptedException {
    long before = watcher.events();
    await("one more event than " + before, () -> watcher.events() > before);
  }

  /** Something to wait for. */
  interface Condition {
    boolean holds();
  }

  private void await(String what, Condition condition)
      throws MachineException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      stack.check();
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "no %s in %s: %s of %d events, %d processes started again; logs in %s"
                .formatted(
                    what,
                    PATIENCE,
                    seen(),
                    jobs.events(),
                    stack.restarts(),
                    state().resolve("logs")));
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /** Faults of the store that its client is to live with. */
  void cheat(double share) {
    proxy.cheat(
        share,
        Fault.UNAVAILABLE,
        Fault.INTERNAL_ERROR,
        Fault.SLOW,
        Fault.CUT_REQUEST,
        Fault.LOST_ANSWER);
  }

  /** Asks the checker; the store tells the truth meanwhile. */
  Verdict verdict(Path schemas) throws IOException, InterruptedException {
    proxy.cheat(0);
    Path stackFile = folder.resolve("checked.json");
    JSON.writeValue(stackFile.toFile(), addresses());
    return Verdict.of(
        stackFile,
        List.of(
            schemas.resolve("src/main/avro"),
            schemas.resolve("src/main/resources/io/chitra/schemas/history")));
  }

  /** Waits until the worker was stopped by somebody. */
  void awaitDrained() throws MachineException, InterruptedException {
    stack.await();
    if (!stack.drained()) {
      throw new AssertionError("the stack has ended without having been drained");
    }
  }

  @Override
  public void close() throws IOException {
    jobs.close();
    watcher.close();
    witness.ifPresent(Witness::close);
    stack.close();
    proxy.close();
    if (other != null) {
      other.close();
    }
  }
}
