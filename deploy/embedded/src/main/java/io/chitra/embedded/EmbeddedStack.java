package io.chitra.embedded;

import static java.util.Objects.requireNonNull;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackOptions;
import io.chitra.embedded.StateLock.Mode;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.WorkerOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stack that this JVM runs: broker, S3 endpoint, Flink and the worker on it, over one state
 * folder.
 *
 * <p>Life cycle: {@link #start} returns when jobs can be sent, and puts {@code stack.json} there
 * for others to attach by. {@link #close} waits until no other process uses the stack, then stops
 * all in reverse order. A signal that ends the JVM does the same without waiting, by a shutdown
 * hook of the stack's own; after kill -9 the next start goes on from what is on disk. A stack that
 * breaks takes its {@code stack.json} away, so that attached processes notice.
 *
 * <p>Threads: safe for use by several; the servers run on threads of their own.
 */
final class EmbeddedStack implements LocalStack {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStack.class);

  /** Records become visible with checkpoints, and a person is waiting for them. */
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

  private static final Duration RECORDS_IDLE = Duration.ofSeconds(3);

  private final StateFolder state;
  private final WorkerJob job;
  private final StackFile stackFile;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /** What to close, last opened first; guarded by this. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private volatile boolean closed;
  private volatile @Nullable StackAddresses addresses;

  private EmbeddedStack(StateFolder state, StateLock lock, WorkerJob job) {
    this.state = state;
    this.job = job;
    this.stackFile = new StackFile(state.stackFile());
    opened.push(lock);
  }

  /**
   * Starts a stack on the folder whose lock is held.
   *
   * @param lock given back when the stack is closed or cannot be started
   */
  static EmbeddedStack start(StateFolder state, StateLock lock, StackOptions options)
      throws MachineException {
    return start(state, lock, options, RenderTopology::build);
  }

  /** Likewise, with another job than the worker as it is. */
  static EmbeddedStack start(StateFolder state, StateLock lock, StackOptions options, WorkerJob job)
      throws MachineException {
    EmbeddedStack stack = new EmbeddedStack(state, lock, job);
    try {
      stack.open(options);
      return stack;
    } catch (Throwable e) {
      stack.shutDown();
      throw e;
    }
  }

  private synchronized void open(StackOptions options) throws MachineException {
    opened.push(ShutdownHook.install(this::shutDown));
    state.claim();
    stackFile.delete();
    Ports ports = Ports.choose(options);
    Configuration worker = workerOptions(options);

    CompletableFuture<EmbeddedKafka> kafka =
        starting(
            () ->
                Ports.start(
                    Ports.KAFKA_NAME,
                    options.kafkaPort(),
                    ports.kafka(),
                    port -> EmbeddedKafka.start(state.kafka(), port, this::fail)));
    CompletableFuture<EmbeddedS3> s3 =
        starting(
            () ->
                Ports.start(
                    Ports.S3_NAME,
                    options.s3Port(),
                    ports.s3(),
                    port -> EmbeddedS3.start(state.s3(), port)));
    CompletableFuture<EmbeddedFlink> flink =
        starting(
            () ->
                Ports.start(
                    Ports.FLINK_NAME,
                    options.flinkPort(),
                    ports.flink(),
                    port -> EmbeddedFlink.start(state.flinkTemp(), port, WorkerJob.slots(worker))));
    CompletableFuture<Void> all = CompletableFuture.allOf(kafka, s3, flink);
    all.exceptionally(e -> null).join();
    for (CompletableFuture<? extends AutoCloseable> server : List.of(kafka, s3, flink)) {
      if (!server.isCompletedExceptionally()) {
        opened.push(server.join());
      }
    }
    try {
      all.join();
    } catch (CompletionException e) {
      throw Failures.cannot("start the stack in " + state.root(), requireNonNull(e.getCause()));
    }

    configure(worker, kafka.join(), s3.join());
    run(flink.join(), worker);
    StackAddresses open = addresses(kafka.join(), s3.join(), flink.join());
    stackFile.write(open);
    addresses = open;
    check();
  }

  private static <T> CompletableFuture<T> starting(Callable<T> start) {
    CompletableFuture<T> started = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                started.complete(start.call());
              } catch (Throwable e) {
                started.completeExceptionally(e);
              }
            },
            "chitra-start")
        .start();
    return started;
  }

  private static Configuration workerOptions(StackOptions options) throws MachineException {
    try {
      Configuration worker = new Configuration();
      worker.set(WorkerOptions.CHECKPOINT_INTERVAL, CHECKPOINT_INTERVAL);
      worker.set(WorkerOptions.RECORDS_IDLE, RECORDS_IDLE);
      worker.addAll(WorkerOptions.parse(options.worker()));
      return worker;
    } catch (IllegalArgumentException e) {
      throw new MachineException(String.valueOf(e.getMessage()), e);
    }
  }

  private void configure(Configuration worker, EmbeddedKafka kafka, EmbeddedS3 s3) {
    worker.set(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS, kafka.bootstrapServers());
    worker.set(WorkerOptions.KAFKA_TRANSACTION_TIMEOUT, EmbeddedKafka.MAX_TRANSACTION);
    worker.set(WorkerOptions.S3_ENDPOINT, s3.endpoint().toString());
    worker.set(WorkerOptions.S3_REGION, EmbeddedS3.REGION);
    worker.set(WorkerOptions.S3_BUCKET, EmbeddedS3.BUCKET);
    worker.set(WorkerOptions.S3_ACCESS_KEY, s3.credentials().accessKey());
    worker.set(WorkerOptions.S3_SECRET_KEY, s3.credentials().secretKey());
    worker.set(WorkerOptions.MODEL_CACHE_DIRECTORY, state.modelCache().toString());
    worker.set(WorkerOptions.CHECKPOINT_DIRECTORY, state.checkpoints().toUri().toString());
  }

  private void run(EmbeddedFlink flink, Configuration worker) throws MachineException {
    CompletableFuture<Void> unused =
        flink
            .run(job, worker)
            .thenAccept(why -> fail("the Flink job has ended: " + why.orElse("it was stopped")));
  }

  private static StackAddresses addresses(EmbeddedKafka kafka, EmbeddedS3 s3, EmbeddedFlink flink) {
    return new StackAddresses(
        ProcessHandle.current().pid(),
        kafka.bootstrapServers(),
        s3.endpoint(),
        EmbeddedS3.REGION,
        s3.credentials().accessKey(),
        s3.credentials().secretKey(),
        EmbeddedS3.BUCKET,
        flink.ui());
  }

  /** Takes note, from whatever thread, that the stack cannot go on. */
  private void fail(String why) {
    if (closed || !failure.compareAndSet(null, why)) {
      return;
    }
    LOG.error("The stack is broken: {}", why);
    removeStackFile();
    ended.countDown();
  }

  @Override
  public StackAddresses addresses() {
    return requireNonNull(addresses);
  }

  @Override
  public boolean attached() {
    return false;
  }

  @Override
  public void await() throws MachineException, InterruptedException {
    ended.await();
    check();
  }

  @Override
  public void check() throws MachineException {
    String why = failure.get();
    if (why != null) {
      throw new MachineException("Cannot go on: %s (more in %s)".formatted(why, state.log()));
    }
  }

  @Override
  public void close() {
    // Whoever closes may have been interrupted to make it do so.
    boolean interrupted = Thread.interrupted();
    if (!closed && failure.get() == null) {
      awaitClients();
    }
    shutDown();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until no process is attached, and lets none attach from then on. */
  private void awaitClients() {
    try {
      Optional<StateLock> alone = StateLock.tryAcquire(state.clients(), Mode.ALONE);
      if (alone.isEmpty()) {
        Notice.say("Another command uses this stack; waiting for it (Ctrl-C stops both)");
        alone = Optional.of(StateLock.acquireAlone(state.clients()));
      }
      synchronized (this) {
        opened.push(alone.get());
      }
    } catch (MachineException e) {
      LOG.warn("Cannot wait for other commands", e);
    }
  }

  private synchronized void shutDown() {
    closed = true;
    removeStackFile();
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("Cannot close {} in order", part, e);
      }
    }
    ended.countDown();
  }

  private void removeStackFile() {
    try {
      stackFile.delete();
    } catch (MachineException e) {
      LOG.warn("Cannot take {} away", state.stackFile(), e);
    }
  }
}
