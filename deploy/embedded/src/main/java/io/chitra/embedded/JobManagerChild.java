package io.chitra.embedded;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * Flink's job manager in this JVM, with the worker as its one job. Each start takes up the newest
 * state that an earlier one has left.
 */
final class JobManagerChild {
  private static final long PATIENCE_SECONDS = 120;
  private static final long LOOK_MILLIS = 100;

  private JobManagerChild() {}

  /**
   * Runs until the worker has ended.
   *
   * @return why it has failed for good; empty when it was stopped
   */
  static Optional<String> run(ChildSettings settings) throws Exception {
    Configuration flink = settings.flinkOptions();
    Configuration worker = settings.workerOptions();
    awaitServers(settings);
    StreamGraph graph = job(settings.job()).graph(worker);
    graph.serializeUserDefinedInstances();
    StandaloneSessionClusterEntrypoint cluster = new StandaloneSessionClusterEntrypoint(flink);
    cluster.startCluster();
    try (RestClusterClient<StandaloneClusterId> client =
        new RestClusterClient<>(flink, StandaloneClusterId.getInstance())) {
      client.submitJob(graph).get();
      JobResult result = client.requestJobResult(WorkerJob.ID).get();
      return result.getSerializedThrowable().map(Failures::why);
    }
  }

  private static WorkerJob job(String className) throws ReflectiveOperationException {
    return Class.forName(className)
        .asSubclass(WorkerJob.class)
        .getDeclaredConstructor()
        .newInstance();
  }

  /** Broker and S3 endpoint may be on their way, at the start of a stack as after a crash. */
  private static void awaitServers(ChildSettings settings)
      throws InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (int port : settings.ports()) {
      while (!Loopback.isServed(port)) {
        if (System.nanoTime() - deadline > 0) {
          throw new TimeoutException(
              "Cannot start the worker: nothing has listened on %s:%d for %d s"
                  .formatted(Loopback.HOST, port, PATIENCE_SECONDS));
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }
}
