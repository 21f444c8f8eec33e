package io.chitra.cli.topics;

import java.util.List;

/** The names of the topics. */
public final class Topics {

  public static final String JOBS_HIGH = "render.jobs.high";
  public static final String JOBS = "render.jobs";
  public static final String JOBS_LOW = "render.jobs.low";
  public static final String RESULTS = "render.results";
  public static final String DEAD_LETTERS = "render.dead-letters";
  public static final String CANCELLED = "render.cancelled";
  public static final String CANCELS = "render.cancels";
  public static final String INCIDENTS = "render.incidents";
  public static final String SUMMARY = "render.summary";

  /** Where jobs may be, the most urgent first. */
  public static final List<String> ALL_JOBS = List.of(JOBS_HIGH, JOBS, JOBS_LOW);

  static final List<String> ALL =
      List.of(
          JOBS_HIGH, JOBS, JOBS_LOW, RESULTS, DEAD_LETTERS, CANCELLED, CANCELS, INCIDENTS, SUMMARY);

  private Topics() {}
}
