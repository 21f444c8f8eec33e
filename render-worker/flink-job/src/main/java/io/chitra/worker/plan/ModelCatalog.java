package io.chitra.worker.plan;

import io.chitra.job.ModelFacts;

/** Where plan learns about models. Implementations are safe for use by several threads. */
public interface ModelCatalog {

  /**
   * What the model with this digest says about jobs for it; may block while its small files are
   * fetched.
   *
   * @throws UnknownModelException when there is no such model, for good: the job becomes a dead
   *     letter
   */
  ModelFacts facts(String digest) throws UnknownModelException;
}
