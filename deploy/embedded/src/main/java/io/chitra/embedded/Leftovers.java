package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes of a stack whose supervisor was killed. They end by themselves when that happens; one
 * that hangs or is stopped would still hold its port or folder, or write when it wakes up.
 */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  private Leftovers() {}

  /**
   * Waits for their end, and kills those that take too long.
   *
   * @param patience with all of them together
   */
  static void end(StateFolder state, Duration patience) throws MachineException {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      for (Path file : pidFiles(state)) {
        PidFile pidFile = new PidFile(file);
        ProcessHandle process = pidFile.running().orElse(null);
        if (process != null) {
          LOG.info("Process {} of {} is still there", process.pid(), file.getFileName());
          end(process, deadline);
        }
        pidFile.delete();
      }
    } catch (IOException e) {
      throw Failures.cannot("look for processes of an earlier stack in " + state.processes(), e);
    }
  }

  private static List<Path> pidFiles(StateFolder state) throws IOException {
    if (!Files.isDirectory(state.processes())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(state.processes())) {
      return files.filter(file -> file.toString().endsWith(".pid")).sorted().toList();
    }
  }

  private static void end(ProcessHandle process, long deadline) throws MachineException {
    try {
      if (!isOver(process, deadline - System.nanoTime())) {
        LOG.warn("Process {} does not end and is killed", process.pid());
        process.destroyForcibly();
        if (!isOver(process, Duration.ofSeconds(30).toNanos())) {
          throw new MachineException(
              "Cannot start: process %d of an earlier stack does not end; kill it"
                  .formatted(process.pid()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MachineException("Cannot wait for an earlier stack: interrupted", e);
    }
  }

  private static boolean isOver(ProcessHandle process, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    while (process.isAlive()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    return true;
  }
}
