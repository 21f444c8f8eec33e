package io.chitra.cli.topics;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** A topic, by what it is for; {@link Topics} has its name. */
public enum Topic {
  JOBS_HIGH("jobs-high", "render.jobs.high"),
  JOBS("jobs", "render.jobs"),
  JOBS_LOW("jobs-low", "render.jobs.low"),
  RESULTS("results", "render.results"),
  DEAD_LETTERS("dead-letters", "render.dead-letters"),
  CANCELLED("cancelled", "render.cancelled"),
  CANCELS("cancels", "render.cancels"),
  INCIDENTS("incidents", "render.incidents"),
  ATTEMPTS("attempts", "render.attempts"),
  SUMMARY("summary", "render.summary");

  /** Where jobs may be, the most urgent first. */
  public static final Set<Topic> OF_JOBS =
      Collections.unmodifiableSet(EnumSet.of(JOBS_HIGH, JOBS, JOBS_LOW));

  /** Where pictures end: each has one record in one of them. */
  public static final Set<Topic> OF_ENDS =
      Collections.unmodifiableSet(EnumSet.of(RESULTS, DEAD_LETTERS, CANCELLED));

  private final String key;
  private final String usualName;

  Topic(String key, String usualName) {
    this.key = key;
    this.usualName = usualName;
  }

  /** The worker's option that has its name. */
  public String workerOption() {
    return "chitra.topics." + key;
  }

  /** The name that it has where the worker is told no other. */
  String usualName() {
    return usualName;
  }

  /** As people write it: the last part of the worker's option. */
  @Override
  public String toString() {
    return key;
  }
}
