package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.WorkerSettings;
import io.chitra.store.FolderTree;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker alone in this JVM: its topology on a Flink of its own, over given Kafka and S3. */
final class LocalWorker {
  private static final Logger LOG = LoggerFactory.getLogger(LocalWorker.class);

  private LocalWorker() {}

  /** Runs it until it fails, the thread is interrupted, or a signal ends the JVM. */
  static void run(WorkerSettings settings) throws MachineException {
    Configuration options = options(settings);
    int port = Ports.ofWorker(options.getOptional(RestOptions.PORT).orElse(0));
    Path temp = temp();
    try (EmbeddedFlink flink = EmbeddedFlink.start(temp, port, WorkerJob.slots(options));
        ShutdownHook hook = ShutdownHook.install(flink::close)) {
      Notice.say("The worker's Flink page is " + flink.ui());
      Optional<String> failure = flink.run(RenderTopology::build, options).get();
      if (failure.isPresent()) {
        throw new MachineException("Cannot go on: the Flink job has ended: " + failure.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw Failures.cannot("run the worker", e);
    } finally {
      delete(temp);
    }
  }

  private static Configuration options(WorkerSettings settings) throws MachineException {
    Configuration options;
    try {
      options = WorkerOptions.parse(settings.options());
    } catch (IllegalArgumentException e) {
      throw new MachineException(String.valueOf(e.getMessage()), e);
    }
    require(options, WorkerOptions.KAFKA_BOOTSTRAP_SERVERS, "name the brokers as HOST:PORT");
    if (!options.contains(CheckpointingOptions.CHECKPOINTS_DIRECTORY)) {
      require(
          options,
          WorkerOptions.CHECKPOINT_DIRECTORY,
          "without its checkpoints a worker would begin every job again; name a folder as"
              + " file:///...");
    }
    return options;
  }

  private static void require(Configuration options, ConfigOption<String> option, String advice)
      throws MachineException {
    if (!options.contains(option)) {
      throw new MachineException(
          "Cannot start the worker: %s is not set; %s".formatted(option.key(), advice));
    }
  }

  private static Path temp() throws MachineException {
    try {
      return Files.createTempDirectory("chitra-worker");
    } catch (IOException e) {
      throw Failures.cannot("make a temp folder", e);
    }
  }

  private static void delete(Path temp) {
    try {
      FolderTree.delete(temp);
    } catch (IOException e) {
      LOG.warn("Cannot delete {}", temp, e);
    }
  }
}
