package io.chitra.embedded;

import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.embedded.StateLock.Mode;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A stack that another process runs. As long as it is attached, that process does not stop the
 * stack of its own accord. Safe for use by several threads.
 */
final class AttachedStack implements LocalStack {
  private static final long LOOK_MILLIS = 500;

  private final StateFolder state;
  private final StackFile stackFile;
  private final StackAddresses addresses;
  private final StateLock lock;
  private final CountDownLatch closed = new CountDownLatch(1);

  private AttachedStack(
      StateFolder state, StackFile stackFile, StackAddresses addresses, StateLock lock) {
    this.state = state;
    this.stackFile = stackFile;
    this.addresses = addresses;
    this.lock = lock;
  }

  /** Attaches, where a stack is up that is not about to stop. */
  static Optional<AttachedStack> attach(StateFolder state) throws MachineException {
    StackFile stackFile = new StackFile(state.stackFile());
    Optional<StackAddresses> addresses = stackFile.read();
    if (addresses.isEmpty() || !answers(addresses.get())) {
      return Optional.empty();
    }
    Optional<StateLock> lock = StateLock.tryAcquire(state.clients(), Mode.SHARED);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    AttachedStack stack = new AttachedStack(state, stackFile, addresses.get(), lock.get());
    if (!stack.isUp()) {
      stack.close();
      return Optional.empty();
    }
    return Optional.of(stack);
  }

  /** Whether something listens where the stack says it does. */
  static boolean answers(StackAddresses addresses) {
    return Loopback.isServed(URI.create("kafka://" + addresses.kafka()).getPort())
        && Loopback.isServed(addresses.s3Endpoint().getPort());
  }

  private boolean isUp() throws MachineException {
    return stackFile.read().equals(Optional.of(addresses))
        && ProcessHandle.of(addresses.pid()).isPresent();
  }

  @Override
  public StackAddresses addresses() {
    return addresses;
  }

  @Override
  public boolean attached() {
    return true;
  }

  @Override
  public void await() throws MachineException, InterruptedException {
    while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      check();
    }
  }

  @Override
  public boolean drained() {
    return false;
  }

  @Override
  public void check() throws MachineException {
    if (!isUp()) {
      throw new MachineException(
          "Cannot go on: the stack of process %d has ended (more in %s); the same command again goes on where this one was"
              .formatted(addresses.pid(), state.log()));
    }
  }

  @Override
  public void close() {
    closed.countDown();
    lock.close();
  }
}
