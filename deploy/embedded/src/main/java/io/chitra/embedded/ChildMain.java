package io.chitra.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.flink.runtime.util.JvmShutdownSafeguard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * One process of a stack: broker, S3 endpoint, job manager or task manager.
 *
 * <p>Life cycle: it reads its settings, runs, and ends in order when its input ends. That is so
 * when its supervisor tells it to stop, and when its supervisor has died, however that was: no
 * process outlives its stack. A reason for which it cannot go on is left in a file for the
 * supervisor. Exit codes: 0 for an end in order, {@link #GAVE_UP} for an end that no new start
 * would change, anything else for an accident.
 */
final class ChildMain {
  /** The worker has used up its restarts. */
  static final int GAVE_UP = 70;

  private static final Logger LOG = LoggerFactory.getLogger(ChildMain.class);
  private static final int ACCIDENT = 1;
  private static final int END_SECONDS = 20;

  private ChildMain() {}

  /**
   * Runs until it is told to end.
   *
   * @param args the file of its settings, the file for its reason
   */
  public static void main(String[] args) {
    // A terminal's Ctrl-C goes to all processes of a stack; the supervisor ends them in order.
    ignore("INT");
    ignore("HUP");
    Path reason = Path.of(args[1]);
    try {
      ChildSettings settings = ChildSettings.read(Path.of(args[0]));
      endWithInput();
      run(settings, reason);
    } catch (Throwable e) {
      LOG.error("Cannot go on", e);
      leave(reason, String.valueOf(Failures.cannot("go on", e).getMessage()), ACCIDENT);
    }
  }

  private static void ignore(String signal) {
    try {
      Signal.handle(new Signal(signal), ignored -> {});
    } catch (IllegalArgumentException e) {
      LOG.debug("This system has no signal {}", signal, e);
    }
  }

  private static void run(ChildSettings settings, Path reason) throws Exception {
    switch (settings.role()) {
      case KAFKA -> {
        EmbeddedKafka kafka =
            EmbeddedKafka.start(
                Path.of(settings.folder()),
                settings.ports().get(0),
                why -> {
                  LOG.error("Cannot go on: {}", why);
                  write(reason, why);
                  // Kafka's own threads wait for each other in an exit.
                  Runtime.getRuntime().halt(ACCIDENT);
                });
        ShutdownHook.install(kafka::close);
        new CountDownLatch(1).await();
      }
      case S3 -> {
        EmbeddedS3 s3 = EmbeddedS3.start(Path.of(settings.folder()), settings.ports().get(0));
        ShutdownHook.install(s3::close);
        new CountDownLatch(1).await();
      }
      case JOB_MANAGER -> {
        JvmShutdownSafeguard.installAsShutdownHook(LOG);
        Optional<String> why = JobManagerChild.run(settings);
        if (why.isPresent()) {
          leave(reason, why.get(), GAVE_UP);
        }
        haltLater();
        System.exit(0);
      }
      case TASK_MANAGER -> {
        JvmShutdownSafeguard.installAsShutdownHook(LOG);
        TaskManagerChild.run(settings);
      }
    }
  }

  /** Ends this process when nobody can write to its input any more. */
  private static void endWithInput() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // Whatever is said does not matter.
                }
              } catch (IOException e) {
                LOG.debug("The input is broken", e);
              }
              haltLater();
              System.exit(0);
            },
            "chitra-lifeline");
    watch.setDaemon(true);
    watch.start();
  }

  /** For an end in order that hangs. */
  private static void haltLater() {
    Thread watch =
        new Thread(
            () -> {
              try {
                TimeUnit.SECONDS.sleep(END_SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              Runtime.getRuntime().halt(ACCIDENT);
            },
            "chitra-halt");
    watch.setDaemon(true);
    watch.start();
  }

  private static void leave(Path file, String why, int exit) {
    write(file, why);
    haltLater();
    System.exit(exit);
  }

  private static void write(Path file, String why) {
    try {
      Files.writeString(file, why);
    } catch (IOException e) {
      LOG.warn("Cannot write {}", file, e);
    }
  }
}
