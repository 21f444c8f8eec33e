package io.chitra.embedded;

import static java.util.Objects.requireNonNull;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.TopicException;
import io.chitra.worker.topology.Topics;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.flink.configuration.Configuration;

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
  private final StateFolder state;
  private final WorkerJob job;
  private final StackLife life;

  private EmbeddedStack(StateFolder state, StateLock lock, WorkerJob job) {
    this.state = state;
    this.job = job;
    this.life = new StackLife(state, lock, state.log());
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
      // A signal meanwhile waits until all that was begun can be closed.
      synchronized (stack.life) {
        stack.open(options);
      }
      return stack;
    } catch (Throwable e) {
      stack.life.shutDown();
      throw e;
    }
  }

  private void open(StackOptions options) throws MachineException {
    life.begin();
    Ports ports = Ports.choose(options);
    Configuration worker = WorkerSetup.options(options);

    CompletableFuture<EmbeddedKafka> kafka =
        starting(
            () ->
                Ports.start(
                    Ports.KAFKA_NAME,
                    options.kafkaPort(),
                    ports.kafka(),
                    port -> EmbeddedKafka.start(state.kafka(), port, life::fail)));
    CompletableFuture<EmbeddedS3> s3 =
        starting(
            () ->
                Ports.start(
                    Ports.S3_NAME,
                    options.s3Port(),
                    ports.s3(),
                    port -> EmbeddedS3.start(state.s3(), port)));
    Optional<CompletableFuture<EmbeddedFlink>> flink =
        options.layout() instanceof StackLayout.ServersAlone
            ? Optional.empty()
            : Optional.of(
                starting(
                    () ->
                        Ports.start(
                            Ports.FLINK_NAME,
                            options.flinkPort(),
                            ports.flink(),
                            port ->
                                EmbeddedFlink.start(
                                    state.flinkTemp(), port, WorkerJob.slots(worker)))));
    List<CompletableFuture<? extends AutoCloseable>> servers = new ArrayList<>(List.of(kafka, s3));
    flink.ifPresent(servers::add);
    CompletableFuture<Void> all =
        CompletableFuture.allOf(servers.toArray(CompletableFuture<?>[]::new));
    all.exceptionally(e -> null).join();
    for (CompletableFuture<? extends AutoCloseable> server : servers) {
      if (!server.isCompletedExceptionally()) {
        life.opened(server.join());
      }
    }
    try {
      all.join();
    } catch (CompletionException e) {
      throw Failures.cannot("start the stack in " + state.root(), requireNonNull(e.getCause()));
    }

    WorkerSetup.connect(
        worker,
        state,
        kafka.join().bootstrapServers(),
        s3.join().endpoint(),
        s3.join().credentials());
    URI ui = URI.create("http://" + Loopback.HOST + ":" + ports.flink());
    if (flink.isPresent()) {
      run(flink.get().join(), worker);
      ui = flink.get().join().ui();
    } else {
      prepareTopics(worker);
    }
    life.announce(addresses(kafka.join(), s3.join(), ui));
  }

  /** As the worker would. */
  private static void prepareTopics(Configuration worker) throws MachineException {
    try {
      Topics.ensure(worker);
    } catch (TopicException e) {
      throw Failures.cannot("prepare the topics", e);
    }
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

  private void run(EmbeddedFlink flink, Configuration worker) throws MachineException {
    CompletableFuture<Void> unused =
        flink
            .run(job, worker)
            .thenAccept(
                why ->
                    why.ifPresentOrElse(
                        reason -> life.fail("the Flink job has ended: " + reason), life::drain));
  }

  private static StackAddresses addresses(EmbeddedKafka kafka, EmbeddedS3 s3, URI flinkUi) {
    return new StackAddresses(
        ProcessHandle.current().pid(),
        kafka.bootstrapServers(),
        s3.endpoint(),
        EmbeddedS3.REGION,
        s3.credentials().accessKey(),
        s3.credentials().secretKey(),
        EmbeddedS3.BUCKET,
        flinkUi);
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
