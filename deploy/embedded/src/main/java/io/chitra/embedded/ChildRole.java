package io.chitra.embedded;

/** What a process of a stack is. */
enum ChildRole {
  KAFKA("kafka"),
  S3("s3"),
  JOB_MANAGER("jobmanager"),
  TASK_MANAGER("taskmanager");

  private final String title;

  ChildRole(String title) {
    this.title = title;
  }

  /** As names of processes begin. */
  String title() {
    return title;
  }
}
