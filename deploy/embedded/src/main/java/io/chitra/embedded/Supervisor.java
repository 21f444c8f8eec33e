package io.chitra.embedded;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the processes of a stack up: starts again what dies, after a wait, and gives up what does
 * not stay up.
 *
 * <p>Life cycle: {@link #keep} for each process, then {@link #close}, which ends them in reverse
 * order. Threads: safe for use by several; one thread of its own watches each process and tells the
 * listener, which must not wait for this supervisor.
 */
final class Supervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

  /** Is told what the supervisor does not put right by itself. */
  interface Listener {
    /** The process has died, and will be started again or given up. */
    void died(String name);

    /** The process has ended in order, without being asked to. */
    void done(String name);

    /** The process is not started again. */
    void givenUp(String name, String why);
  }

  private final StateFolder state;
  private final RestartPolicy policy;
  private final Listener listener;
  private final Map<String, Kept> all = new ConcurrentHashMap<>();

  /** Last kept first; guarded by this. */
  private final Deque<Kept> order = new ArrayDeque<>();

  private final AtomicLong restarts = new AtomicLong();
  private volatile boolean closing;

  Supervisor(StateFolder state, RestartPolicy policy, Listener listener) {
    this.state = state;
    this.policy = policy;
    this.listener = listener;
  }

  /** Starts a process, and keeps it up from then on. */
  synchronized void keep(ChildSettings settings, List<String> options) throws IOException {
    Kept kept = new Kept(settings, options);
    order.push(kept);
    all.put(settings.name(), kept);
    kept.begin();
  }

  /** The number of the process that runs under a name now. */
  OptionalLong pid(String name) {
    Kept kept = all.get(name);
    ChildProcess process = kept == null ? null : kept.process;
    return process == null ? OptionalLong.empty() : OptionalLong.of(process.pid());
  }

  /** Ends a process at once, which counts as a death. */
  void kill(String name) {
    pid(name).stream()
        .boxed()
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** How often a process was started again. */
  long restarts() {
    return restarts.get();
  }

  @Override
  public void close() {
    closing = true;
    synchronized (this) {
      while (!order.isEmpty()) {
        order.pop().end();
      }
    }
  }

  /** A process and the thread that watches it. */
  private final class Kept {
    private final ChildSettings settings;
    private final List<String> options;
    private final Thread watch;
    private volatile @Nullable ChildProcess process;

    Kept(ChildSettings settings, List<String> options) {
      this.settings = settings;
      this.options = options;
      this.watch = new Thread(this::watch, "chitra-watch-" + settings.name());
      watch.setDaemon(true);
    }

    void begin() throws IOException {
      process = ChildProcess.start(state, settings, options);
      watch.start();
    }

    private void watch() {
      int deaths = 0;
      try {
        while (true) {
          ChildProcess running = process;
          if (running == null) {
            return;
          }
          long start = System.nanoTime();
          int exit = running.await();
          if (closing) {
            return;
          }
          if (exit == 0) {
            LOG.info("{} has ended", settings.name());
            listener.done(settings.name());
            return;
          }
          listener.died(settings.name());
          String why = running.reason().orElse("it ended with code " + exit);
          deaths = policy.count(deaths, Duration.ofNanos(System.nanoTime() - start));
          if (exit == ChildMain.GAVE_UP) {
            giveUp(why);
            return;
          }
          OptionalInt raised = raise(deaths, why);
          if (raised.isEmpty()) {
            return;
          }
          deaths = raised.getAsInt();
        }
      } catch (InterruptedException e) {
        LOG.debug("{} is not watched any more", settings.name(), e);
      }
    }

    /**
     * Starts it again, once that is possible: with a full disk it is not.
     *
     * @return how often it has died or could not be started in a row; empty when it is given up, or
     *     all are being ended
     */
    private OptionalInt raise(int deaths, String why) throws InterruptedException {
      int count = deaths;
      String last = why;
      while (true) {
        Optional<Duration> wait = policy.delay(count);
        if (wait.isEmpty()) {
          giveUp(last);
          return OptionalInt.empty();
        }
        LOG.warn("{} has died and is started again in {}: {}", settings.name(), wait.get(), last);
        Thread.sleep(wait.get().toMillis());
        try {
          return startAgain() ? OptionalInt.of(count) : OptionalInt.empty();
        } catch (IOException e) {
          last = Failures.why(e);
          count = policy.count(count, Duration.ZERO);
        }
      }
    }

    private void giveUp(String why) {
      LOG.error("{} is given up: {}", settings.name(), why);
      listener.givenUp(settings.name(), why);
    }

    /** Unless all are being ended. */
    private boolean startAgain() throws IOException {
      synchronized (Supervisor.this) {
        if (closing) {
          return false;
        }
        process = ChildProcess.start(state, settings, options);
        restarts.incrementAndGet();
        return true;
      }
    }

    void end() {
      watch.interrupt();
      ChildProcess running = process;
      if (running != null) {
        running.stop();
      }
    }
  }
}
