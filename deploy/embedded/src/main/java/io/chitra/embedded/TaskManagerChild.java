package io.chitra.embedded;

import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;

/** Flink's task manager in this JVM, for the job manager at a fixed address. */
final class TaskManagerChild {
  private TaskManagerChild() {}

  /** Ends this JVM when it is done. */
  static void run(ChildSettings settings) {
    TaskManagerRunner.runTaskManagerProcessSecurely(settings.flinkOptions());
  }
}
