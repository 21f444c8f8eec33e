package io.chitra.job;

import io.chitra.schemas.RenderJob;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one line of a job file turned out to be. */
public sealed interface Line {

  /** The file's name, as messages show it. */
  String file();

  /** The number of the line, from 1; of a record over several lines, of its first. */
  int line();

  /** {@code FILE:LINE}. */
  default String location() {
    return file() + ":" + line();
  }

  /**
   * A good line.
   *
   * @param job checked as far as it can be without knowing the model and the files: these and the
   *     VAE's folder are named as they were written, without digests, as the model is
   * @param model the model's folder, as it was written; null when neither the line nor the command
   *     line names one
   */
  record JobLine(String file, int line, RenderJob job, @Nullable String model) implements Line {}

  /**
   * A line that is refused.
   *
   * @param problems all that is wrong with it; at least one
   */
  record BadLine(String file, int line, List<Problem> problems) implements Line {

    public BadLine {
      problems = List.copyOf(problems);
    }

    /** {@code FILE:LINE: field: what is wrong, what would be right}, for each problem. */
    public List<String> messages() {
      return problems.stream().map(problem -> location() + ": " + problem).toList();
    }
  }
}
