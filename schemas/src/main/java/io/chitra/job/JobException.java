package io.chitra.job;

import java.util.List;
import java.util.stream.Collectors;

/** A job that breaks the rules. Permanent: the same job never comes to follow them. */
public final class JobException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** With all that is wrong with the job; at least one problem. */
  public JobException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  /** All that is wrong with the job. */
  public List<Problem> problems() {
    return problems;
  }
}
