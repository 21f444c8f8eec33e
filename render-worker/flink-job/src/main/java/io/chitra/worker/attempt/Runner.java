package io.chitra.worker.attempt;

import java.util.UUID;

/**
 * Who works on a task.
 *
 * @param attempt names one start of all of the worker's tasks together; without blanks
 * @param process names one JVM; without blanks
 */
public record Runner(String attempt, String process) {

  private static final String THIS_PROCESS = UUID.randomUUID().toString();

  public Runner {
    if (!(attempt + process).matches("\\S+")) {
      throw new IllegalArgumentException(
          "Cannot name a runner '%s' '%s': names have no blanks".formatted(attempt, process));
    }
  }

  /** Of this JVM. */
  public static Runner here(String attempt) {
    return new Runner(attempt, THIS_PROCESS);
  }
}
