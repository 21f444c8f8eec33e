package io.chitra.diffusion;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The engine's threads; all are daemons, so that a forgotten engine holds no JVM. */
final class Threads {

  private interface Wait {
    void untilDone() throws InterruptedException;
  }

  private Threads() {}

  static ExecutorService single(String name) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Waits for a thread, whatever interrupts: native memory must not go while it is used. */
  static void join(Thread thread) {
    uninterruptibly(thread::join);
  }

  /** Lets an executor do what it was given, and waits for that. */
  static void finish(ExecutorService executor) {
    executor.shutdown();
    uninterruptibly(
        () -> {
          while (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
            // goes on until the native call returns
          }
        });
  }

  private static void uninterruptibly(Wait wait) {
    boolean interrupted = false;
    while (true) {
      try {
        wait.untilDone();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
