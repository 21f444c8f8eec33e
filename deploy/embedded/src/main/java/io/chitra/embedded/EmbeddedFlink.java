package io.chitra.embedded;

import io.chitra.cli.machine.MachineException;
import io.chitra.store.FolderTree;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.RpcServiceSharing;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.OptionalFailure;
import org.apache.flink.util.SerializedValue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Flink cluster with its web page on loopback, made for one job: the worker.
 *
 * <p>Life cycle: {@link #start}, {@link #run} once, {@link #close}, which leaves the job's
 * checkpoints for the next start. Threads: the cluster's own.
 */
final class EmbeddedFlink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedFlink.class);
  private static final MemorySize NETWORK_MEMORY = MemorySize.ofMebiBytes(16);
  private static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(1);

  /** With each beat, tasks tell how far they are. */
  private static final Duration BETWEEN_BEATS = Duration.ofSeconds(1);

  private final MiniCluster cluster;
  private final URI ui;

  private EmbeddedFlink(MiniCluster cluster, URI ui) {
    this.cluster = cluster;
    this.ui = ui;
  }

  /**
   * Starts an empty cluster.
   *
   * @param temp a folder for its working files, emptied
   * @param slots how many tasks of one operator run side by side
   */
  static EmbeddedFlink start(Path temp, int port, int slots) throws MachineException {
    try {
      FolderTree.delete(temp);
      Files.createDirectories(temp);
      MiniCluster cluster =
          new MiniCluster(
              new MiniClusterConfiguration.Builder()
                  .setConfiguration(configuration(temp, port))
                  .setNumTaskManagers(1)
                  .setNumSlotsPerTaskManager(slots)
                  .setRpcServiceSharing(RpcServiceSharing.SHARED)
                  .setCommonBindAddress(Loopback.HOST)
                  .build());
      try {
        cluster.start();
        return new EmbeddedFlink(cluster, cluster.getRestAddress().get());
      } catch (Exception e) {
        cluster.close();
        throw e;
      }
    } catch (Exception e) {
      throw Failures.cannot("start Flink with its web page on port " + port, e);
    }
  }

  private static Configuration configuration(Path temp, int port) {
    Configuration configuration = WorkerJob.clusterDefaults();
    configuration.set(JobManagerOptions.BIND_HOST, Loopback.HOST);
    configuration.set(RestOptions.ADDRESS, Loopback.HOST);
    configuration.set(RestOptions.BIND_ADDRESS, Loopback.HOST);
    configuration.set(RestOptions.BIND_PORT, Integer.toString(port));
    configuration.set(WebOptions.SUBMIT_ENABLE, false);
    configuration.set(WebOptions.CANCEL_ENABLE, false);
    configuration.set(WebOptions.TMP_DIR, temp.toString());
    configuration.set(CoreOptions.TMP_DIRS, temp.toString());
    configuration.set(BlobServerOptions.STORAGE_DIRECTORY, temp.toString());
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK_MEMORY);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK_MEMORY);
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, BETWEEN_BEATS);
    return configuration;
  }

  /**
   * Starts a worker, from its newest checkpoint.
   *
   * @return how it ended, to come: empty when it was stopped, else why it has failed for good
   */
  CompletableFuture<Optional<String>> run(WorkerJob job, Configuration options)
      throws MachineException {
    try {
      cluster.submitJob(job.graph(options)).get();
      return cluster.requestJobResult(WorkerJob.ID).handle(EmbeddedFlink::reason);
    } catch (Exception e) {
      throw Failures.cannot("start the worker", e);
    }
  }

  /**
   * Starts any other job.
   *
   * @throws MachineException when it does not start
   */
  Running submit(StreamGraph graph) throws MachineException {
    try {
      JobID id = cluster.submitJob(graph).get().getJobID();
      return new Running(cluster, id);
    } catch (Exception e) {
      throw Failures.cannot("start a Flink job", e);
    }
  }

  /** A job that was started. */
  record Running(MiniCluster cluster, JobID id) {

    /** How it ended, to come: empty when it did all it had to, else why not. */
    CompletableFuture<Optional<String>> end() {
      return cluster.requestJobResult(id).handle(EmbeddedFlink::reason);
    }

    /** An accumulator of numbers, as its tasks have told last; 0 where none has. */
    long sum(String accumulator) {
      try {
        SerializedValue<OptionalFailure<Object>> value =
            cluster.getExecutionGraph(id).get().getAccumulatorsSerialized().get(accumulator);
        return value == null
            ? 0
            : (Long) value.deserializeValue(EmbeddedFlink.class.getClassLoader()).getUnchecked();
      } catch (ExecutionException | IOException | ClassNotFoundException e) {
        LOG.debug("Cannot see how far job {} has come", id, e);
        return 0;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 0;
      }
    }
  }

  private static Optional<String> reason(@Nullable JobResult result, @Nullable Throwable failure) {
    if (result == null) {
      return Optional.of(failure == null ? "no result" : Failures.why(failure));
    }
    return result.getSerializedThrowable().map(Failures::why);
  }

  URI ui() {
    return ui;
  }

  @Override
  public void close() {
    try {
      cluster.close();
    } catch (Exception e) {
      LOG.warn("Cannot stop Flink in order", e);
    }
  }
}
