package io.chitra.embedded;

import io.chitra.cli.machine.ExportListener;
import io.chitra.cli.machine.ExportSettings;
import io.chitra.cli.machine.MachineException;
import io.chitra.store.FolderTree;
import io.chitra.worker.topology.ExportTopology;
import io.chitra.worker.topology.ExportTopology.Stage;
import io.chitra.worker.topology.WorkerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The heavy part of an export alone in this JVM: its topology on a Flink of its own. */
public final class LocalExport {
  private static final Logger LOG = LoggerFactory.getLogger(LocalExport.class);
  private static final int ANY_PORT = 0;
  private static final long LOOK_MILLIS = 500;

  private LocalExport() {}

  /**
   * Runs it to its end, or until the thread is interrupted.
   *
   * @return how long it took, without Flink's own start
   */
  public static Duration run(ExportSettings settings, ExportListener listener)
      throws MachineException, InterruptedException {
    int slots = Runtime.getRuntime().availableProcessors();
    Path temp = temp();
    try (EmbeddedFlink flink = EmbeddedFlink.start(temp, ANY_PORT, slots);
        ShutdownHook hook = ShutdownHook.install(flink::close)) {
      long start = System.nanoTime();
      EmbeddedFlink.Running job = flink.submit(graph(settings, slots));
      Optional<String> failure = await(job, listener);
      if (failure.isPresent()) {
        throw new MachineException(failure.get());
      }
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      tell(job, listener);
      return time;
    } catch (IOException | IllegalArgumentException | ExecutionException e) {
      throw Failures.cannot("export", e);
    } finally {
      delete(temp);
    }
  }

  private static StreamGraph graph(ExportSettings settings, int slots) throws IOException {
    Configuration options = ExportTopology.configure(WorkerOptions.parse(settings.options()));
    options.set(CoreOptions.DEFAULT_PARALLELISM, slots);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(options);
    Stage stage =
        switch (settings.stage()) {
          case LOOK -> Stage.LOOK;
          case PACK -> Stage.PACK;
        };
    ExportTopology.build(env, options, stage);
    StreamGraph graph = env.getStreamGraph();
    graph.setJobId(JobID.generate());
    return graph;
  }

  private static Optional<String> await(EmbeddedFlink.Running job, ExportListener listener)
      throws InterruptedException, ExecutionException {
    CompletableFuture<Optional<String>> end = job.end();
    while (true) {
      try {
        return end.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        tell(job, listener);
      }
    }
  }

  private static void tell(EmbeddedFlink.Running job, ExportListener listener) {
    listener.done(job.sum(ExportTopology.PICTURES), job.sum(ExportTopology.BYTES));
  }

  private static Path temp() throws MachineException {
    try {
      return Files.createTempDirectory("chitra-export");
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
