package io.chitra.cli.replay;

import io.chitra.job.ModelFacts;
import java.util.Optional;

/** What models say about jobs, by their digests. */
@FunctionalInterface
public interface ModelSource {

  /** Empty where there is no such model. */
  Optional<ModelFacts> facts(String digest);
}
