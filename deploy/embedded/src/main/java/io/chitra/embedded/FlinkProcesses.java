package io.chitra.embedded;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;

/** What Flink's processes on this machine are told. */
final class FlinkProcesses {
  private static final MemorySize NETWORK_MEMORY = MemorySize.ofMebiBytes(16);
  private static final MemorySize MANAGED_MEMORY = MemorySize.ofMebiBytes(1);

  /** Told for Flink's bookkeeping; the JVM's own options decide. */
  private static final MemorySize SOME_MEMORY = MemorySize.ofMebiBytes(64);

  /** A dead process is noticed soon; one on a busy machine must not be taken for dead. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(20);

  private static final Duration LOOK = Duration.ofMillis(500);

  private FlinkProcesses() {}

  /**
   * @param temp a folder for its working files
   * @param rpcPort where task managers find it
   * @param uiPort of its web page
   */
  static Configuration jobManager(Path temp, int rpcPort, int uiPort) {
    Configuration flink = common(temp, rpcPort);
    flink.set(JobManagerOptions.BIND_HOST, Loopback.HOST);
    flink.set(RestOptions.ADDRESS, Loopback.HOST);
    flink.set(RestOptions.BIND_ADDRESS, Loopback.HOST);
    flink.set(RestOptions.PORT, uiPort);
    flink.set(RestOptions.BIND_PORT, Integer.toString(uiPort));
    flink.set(WebOptions.SUBMIT_ENABLE, false);
    flink.set(WebOptions.CANCEL_ENABLE, false);
    flink.set(WebOptions.TMP_DIR, temp.toString());
    // A task manager that is on its way back is worth waiting for, however old the job manager is:
    // the longest time that Flink's timers take.
    flink.setString("resourcemanager.standalone.start-up-time", "20000000000");
    return flink;
  }

  /**
   * @param temp a folder for its working files, its own
   * @param rpcPort of the job manager
   * @param slots how many tasks of one operator it runs
   */
  static Configuration taskManager(Path temp, int rpcPort, int slots) {
    Configuration flink = common(temp, rpcPort);
    flink.set(TaskManagerOptions.HOST, Loopback.HOST);
    flink.set(TaskManagerOptions.BIND_HOST, Loopback.HOST);
    flink.set(TaskManagerOptions.NUM_TASK_SLOTS, slots);
    flink.set(TaskManagerOptions.CPU_CORES, (double) slots);
    flink.set(TaskManagerOptions.FRAMEWORK_HEAP_MEMORY, SOME_MEMORY);
    flink.set(TaskManagerOptions.FRAMEWORK_OFF_HEAP_MEMORY, SOME_MEMORY);
    flink.set(TaskManagerOptions.TASK_HEAP_MEMORY, SOME_MEMORY);
    flink.set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, SOME_MEMORY);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK_MEMORY);
    flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK_MEMORY);
    flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED_MEMORY);
    flink.set(TaskManagerOptions.JVM_METASPACE, SOME_MEMORY);
    flink.set(TaskManagerOptions.JVM_OVERHEAD_MIN, SOME_MEMORY);
    flink.set(TaskManagerOptions.JVM_OVERHEAD_MAX, SOME_MEMORY);
    return flink;
  }

  private static Configuration common(Path temp, int rpcPort) {
    Configuration flink = WorkerJob.clusterDefaults();
    flink.set(JobManagerOptions.ADDRESS, Loopback.HOST);
    flink.set(JobManagerOptions.PORT, rpcPort);
    flink.set(CoreOptions.TMP_DIRS, temp.toString());
    flink.set(BlobServerOptions.STORAGE_DIRECTORY, temp.toString());
    flink.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, HEARTBEAT);
    flink.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT);
    // Processes that look for each other at a start look often.
    flink.set(ClusterOptions.ERROR_REGISTRATION_DELAY, LOOK);
    flink.set(ClusterOptions.REFUSED_REGISTRATION_DELAY, LOOK);
    return flink;
  }
}
