package io.chitra.cli.topics;

/** How urgent jobs are; each priority has a topic of its own. */
public enum Priority {
  HIGH(Topics.JOBS_HIGH),
  NORMAL(Topics.JOBS),
  LOW(Topics.JOBS_LOW);

  private final String topic;

  Priority(String topic) {
    this.topic = topic;
  }

  /** Where jobs of this priority go. */
  public String topic() {
    return topic;
  }
}
