package io.chitra.cli.machine;

/** Over how many processes a stack that is started here is spread. */
public sealed interface StackLayout {

  /** Broker, S3 endpoint, Flink and the worker in this JVM. */
  record OneJvm() implements StackLayout {}

  /** Broker and S3 endpoint in this JVM, and no worker: nothing renders. */
  record ServersAlone() implements StackLayout {}

  /**
   * Broker, S3 endpoint, job manager and task managers, each a process of its own that is started
   * again when it dies.
   *
   * @param taskManagers one or more
   */
  record Processes(int taskManagers) implements StackLayout {
    public Processes {
      if (taskManagers < 1) {
        throw new IllegalArgumentException(
            "Cannot start a stack with %d task managers: one is the least".formatted(taskManagers));
      }
    }
  }
}
