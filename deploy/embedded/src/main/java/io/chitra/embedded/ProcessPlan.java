package io.chitra.embedded;

import io.chitra.cli.machine.StackLayout;
import io.chitra.worker.topology.RenderTopology;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the processes of a stack are.
 *
 * @param taskManagers how many
 * @param job the worker that they run; has a constructor without parameters
 * @param heaps of the processes
 * @param policy how long a process that dies is started again
 */
record ProcessPlan(
    int taskManagers, Class<? extends WorkerJob> job, Heaps heaps, RestartPolicy policy) {

  /**
   * Java's heaps in megabytes; models and pictures live outside of them.
   *
   * @param more options of each JVM
   */
  record Heaps(int kafka, int s3, int jobManager, int taskManager, List<String> more) {
    static final Heaps USUAL = new Heaps(384, 256, 384, 768, List.of());

    /** For stubs in place of pictures, and processes that live for seconds. */
    static final Heaps SMALL = new Heaps(160, 128, 160, 224, List.of("-XX:TieredStopAtLevel=1"));

    List<String> options(ChildRole role) {
      int megabytes =
          switch (role) {
            case KAFKA -> kafka;
            case S3 -> s3;
            case JOB_MANAGER -> jobManager;
            case TASK_MANAGER -> taskManager;
          };
      List<String> options = new ArrayList<>(more);
      options.add("-Xmx" + megabytes + "m");
      return options;
    }
  }

  static ProcessPlan of(StackLayout.Processes layout) {
    return new ProcessPlan(layout.taskManagers(), Worker.class, Heaps.USUAL, RestartPolicy.USUAL);
  }

  /** The worker as it is. */
  static final class Worker implements WorkerJob {
    @Override
    public void build(StreamExecutionEnvironment env, Configuration options) {
      RenderTopology.build(env, options);
    }
  }
}
