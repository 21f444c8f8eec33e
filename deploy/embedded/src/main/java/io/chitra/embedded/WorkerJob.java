package io.chitra.embedded;

import io.chitra.worker.topology.Checkpoints;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.Topics;
import io.chitra.worker.topology.WorkerOptions;
import java.io.IOException;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * The worker's topology as a graph for a cluster; the one place that calls it. Where the cluster is
 * other processes, an implementation is a public class with a constructor without parameters.
 */
@FunctionalInterface
public interface WorkerJob {
  JobID ID = Checkpoints.JOB_ID;

  /** Adds the topology to an environment that is configured with the options. */
  void build(StreamExecutionEnvironment env, Configuration options);

  /** The options with what the topology needs of Flink, the state to start from among it. */
  default Configuration configure(Configuration options) throws IOException {
    return RenderTopology.configure(options);
  }

  /** What the topology asks of its cluster. */
  static Configuration clusterDefaults() {
    return RenderTopology.clusterDefaults();
  }

  /** How many slots the topology takes. */
  static int slots(Configuration options) {
    return IntStream.of(
            options.get(WorkerOptions.PLAN_PARALLELISM),
            options.get(WorkerOptions.RENDER_PARALLELISM))
        .max()
        .orElseThrow();
  }

  /**
   * Prepares the topics, finds the newest checkpoint, and builds the graph that starts from it.
   *
   * @param options the worker's, and Flink's
   */
  default StreamGraph graph(Configuration options) throws Exception {
    Topics.ensure(options);
    Configuration configured = configure(options);
    configured.set(CoreOptions.DEFAULT_PARALLELISM, 1);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configured);
    build(env, configured);
    StreamGraph graph = env.getStreamGraph();
    graph.setJobId(ID);
    return graph;
  }
}
