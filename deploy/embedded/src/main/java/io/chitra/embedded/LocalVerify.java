package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.WorkerSettings;
import io.chitra.store.FolderTree;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.VerifyTopology;
import io.chitra.worker.topology.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verification alone in this JVM: its topology on a Flink of its own, over given Kafka and S3. */
final class LocalVerify {
  private static final Logger LOG = LoggerFactory.getLogger(LocalVerify.class);
  private static final int ANY_PORT = 0;

  private LocalVerify() {}

  /** Runs it until all pictures have their verdicts. */
  static void run(WorkerSettings settings, Parts parts, String tasks, String verdicts)
      throws MachineException {
    Path temp = temp();
    try {
      Configuration options = WorkerOptions.parse(settings.options());
      try (EmbeddedFlink flink = EmbeddedFlink.start(temp, ANY_PORT, WorkerJob.slots(options));
          ShutdownHook hook = ShutdownHook.install(flink::close)) {
        Optional<String> failure = flink.run(new Job(parts, tasks, verdicts), options).get();
        if (failure.isPresent()) {
          throw new MachineException("Cannot verify: " + failure.get());
        }
      }
    } catch (IllegalArgumentException e) {
      throw new MachineException(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.cannot("verify", e);
    } catch (ExecutionException e) {
      throw Failures.cannot("verify", e);
    } finally {
      delete(temp);
    }
  }

  /** It has neither topics of its own to prepare, nor a checkpoint to start from. */
  private record Job(Parts parts, String tasks, String verdicts) implements WorkerJob {

    @Override
    public void build(StreamExecutionEnvironment env, Configuration options) {
      VerifyTopology.build(env, options, parts, tasks, verdicts);
    }

    @Override
    public StreamGraph graph(Configuration options) {
      Configuration configured = VerifyTopology.configure(options);
      configured.set(CoreOptions.DEFAULT_PARALLELISM, 1);
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.getExecutionEnvironment(configured);
      build(env, configured);
      StreamGraph graph = env.getStreamGraph();
      graph.setJobId(ID);
      return graph;
    }
  }

  private static Path temp() throws MachineException {
    try {
      return Files.createTempDirectory("chitra-verify");
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
