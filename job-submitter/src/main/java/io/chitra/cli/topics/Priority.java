package io.chitra.cli.topics;

/** How urgent jobs are; each priority has a topic of its own. */
public enum Priority {
  HIGH(Topic.JOBS_HIGH),
  NORMAL(Topic.JOBS),
  LOW(Topic.JOBS_LOW);

  private final Topic topic;

  Priority(Topic topic) {
    this.topic = topic;
  }

  /** Where jobs of this priority go. */
  public Topic topic() {
    return topic;
  }
}
