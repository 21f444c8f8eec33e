package io.chitra.embedded;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something to do when the JVM ends before this is closed. */
final class ShutdownHook implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownHook.class);

  private final Thread thread;

  private ShutdownHook(Thread thread) {
    this.thread = thread;
  }

  static ShutdownHook install(Runnable action) {
    Thread thread = new Thread(action, "chitra-shutdown");
    Runtime.getRuntime().addShutdownHook(thread);
    return new ShutdownHook(thread);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      LOG.debug("The JVM is ending, the hook runs", e);
    }
  }
}
