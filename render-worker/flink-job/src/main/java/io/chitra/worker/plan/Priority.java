package io.chitra.worker.plan;

/** How urgent a submission is, the most urgent first. The topic that it lies in says it. */
public enum Priority {
  HIGH,
  NORMAL,
  LOW
}
