package io.chitra.embedded;

import static java.util.Objects.requireNonNull;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.embedded.StateLock.Mode;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the start to the end of a stack that belongs to this process: what it has opened, whether it
 * can be used, and why it has ended.
 *
 * <p>Life cycle: parts are {@link #opened}; {@link #announce} lets others in; {@link #fail} and
 * {@link #drain} say that it has ended by itself; {@link #close} waits until no other process uses
 * it and closes the parts in reverse order. A signal that ends the JVM does the same without
 * waiting.
 *
 * <p>Threads: safe for use by several.
 */
final class StackLife {
  private static final Logger LOG = LoggerFactory.getLogger(StackLife.class);

  private final StateFolder state;
  private final Path logs;
  private final StackFile stackFile;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  /** What to close, last opened first; guarded by this. */
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  private volatile boolean closed;
  private volatile boolean drained;
  private volatile @Nullable StackAddresses addresses;

  /**
   * @param lock on the state folder; closed last
   * @param logs where more is said than in messages
   */
  StackLife(StateFolder state, StateLock lock, Path logs) {
    this.state = state;
    this.logs = logs;
    this.stackFile = new StackFile(state.stackFile());
    opened.push(lock);
  }

  /** Makes the folder ready for a start. */
  void begin() throws MachineException {
    opened(ShutdownHook.install(this::shutDown));
    state.claim();
    stackFile.delete();
  }

  /** Takes over a part. One that comes when all are being closed is closed at once. */
  synchronized void opened(AutoCloseable part) {
    opened.push(part);
    if (closed) {
      closeAll();
    }
  }

  /** Says where the stack is. */
  void announce(StackAddresses open) throws MachineException {
    addresses = open;
    stackFile.write(open);
    check();
  }

  StackAddresses addresses() {
    return requireNonNull(addresses);
  }

  /** Takes note, from whatever thread, that the stack cannot go on. */
  void fail(String why) {
    if (closed || !failure.compareAndSet(null, why)) {
      return;
    }
    LOG.error("The stack is broken: {}", why);
    removeStackFile();
    ended.countDown();
  }

  /** Takes note, from whatever thread, that its worker was stopped in order. */
  void drain() {
    if (!closed) {
      drained = true;
      removeStackFile();
      ended.countDown();
    }
  }

  boolean drained() {
    return drained;
  }

  /** Blocks until it has ended. */
  void await() throws MachineException, InterruptedException {
    ended.await();
    check();
  }

  void check() throws MachineException {
    String why = failure.get();
    if (why != null) {
      throw new MachineException("Cannot go on: %s (more in %s)".formatted(why, logs));
    }
  }

  void close() {
    // Whoever closes may have been interrupted to make it do so.
    boolean interrupted = Thread.interrupted();
    if (!closed && !drained && failure.get() == null) {
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
      opened(alone.get());
    } catch (MachineException e) {
      LOG.warn("Cannot wait for other commands", e);
    }
  }

  /** Closes all that is open, without waiting for anybody. */
  synchronized void shutDown() {
    closed = true;
    removeStackFile();
    closeAll();
    ended.countDown();
  }

  private void closeAll() {
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("Cannot close {} in order", part, e);
      }
    }
  }

  private void removeStackFile() {
    try {
      stackFile.delete();
    } catch (MachineException e) {
      LOG.warn("Cannot take {} away", state.stackFile(), e);
    }
  }
}
