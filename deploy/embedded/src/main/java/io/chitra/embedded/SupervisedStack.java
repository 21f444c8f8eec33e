package io.chitra.embedded;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import io.chitra.embedded.ProcessPlan.Heaps;
import io.chitra.embedded.StateLock.Mode;
import java.time.Duration;
import java.util.Optional;

/**
 * A stack of processes whose worker is another than the command line's, and whose processes can be
 * looked up, so that what happens when they die can be tested. Safe for use by several threads.
 */
public final class SupervisedStack implements AutoCloseable {

  /** Whoever kills on purpose does not want to be given up. */
  private static final RestartPolicy POLICY =
      new RestartPolicy(
          Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(3), Integer.MAX_VALUE);

  private final ProcessStack stack;

  private SupervisedStack(ProcessStack stack) {
    this.stack = stack;
  }

  /**
   * Starts one; returns when its worker is there.
   *
   * @param options whose layout is of processes
   * @param job the worker
   */
  public static SupervisedStack start(StackOptions options, Class<? extends WorkerJob> job)
      throws MachineException {
    if (!(options.layout() instanceof StackLayout.Processes layout)) {
      throw new IllegalArgumentException(
          "Cannot supervise a stack with layout %s: its parts are no processes"
              .formatted(options.layout()));
    }
    StateFolder state = StateFolder.open(options.state());
    StateLock lock =
        StateLock.tryAcquire(state.lock(), Mode.ALONE)
            .orElseThrow(
                () ->
                    new MachineException(
                        "Cannot start a stack in %s: another one runs there"
                            .formatted(options.state())));
    return new SupervisedStack(
        ProcessStack.start(
            state,
            lock,
            options,
            new ProcessPlan(layout.taskManagers(), job, Heaps.SMALL, POLICY)));
  }

  public StackAddresses addresses() {
    return stack.addresses();
  }

  /** The process that runs under a name now: kafka, s3, jobmanager, taskmanager-N. */
  public Optional<ProcessHandle> process(String name) {
    return stack.pid(name).stream()
        .boxed()
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .findAny();
  }

  /** How often a process was started again. */
  public long restarts() {
    return stack.restarts();
  }

  /** See {@link LocalStack#check}. */
  public void check() throws MachineException {
    stack.check();
  }

  /** See {@link LocalStack#await}. */
  public void await() throws MachineException, InterruptedException {
    stack.await();
  }

  /** See {@link LocalStack#drained}. */
  public boolean drained() {
    return stack.drained();
  }

  @Override
  public void close() {
    stack.close();
  }
}
