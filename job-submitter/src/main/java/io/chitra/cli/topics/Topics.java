package io.chitra.cli.topics;

import java.util.List;

/** The names of the topics. */
public final class Topics {

  public static final String JOBS = "render.jobs";
  public static final String RESULTS = "render.results";
  public static final String DEAD_LETTERS = "render.dead-letters";

  static final List<String> ALL = List.of(JOBS, RESULTS, DEAD_LETTERS);

  private Topics() {}
}
