package io.chitra.cli.replay;

import io.chitra.job.ModelFacts;
import io.chitra.schemas.RenderJob;
import java.util.Optional;

/** What jobs of the past need besides themselves: models by their digests, and given files. */
@FunctionalInterface
public interface Supplies {

  /** What a model says about jobs; empty where there is no such model. */
  Optional<ModelFacts> facts(String digest);

  /**
   * A job whose files are named by where workers find them. By default that is where they were.
   *
   * @throws MissingException when one of them is not to be had
   */
  default RenderJob here(RenderJob job) throws MissingException {
    return job;
  }

  /** Something that a job needs is not to be had; the message says what. */
  final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingException(String message) {
      super(message);
    }
  }
}
