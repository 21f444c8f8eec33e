package io.chitra.diffusion;

/** When pictures come into a batch. */
public enum Batching {

  /** Between any two steps: finished ones leave, waiting ones take their rows. */
  CONTINUOUS,

  /**
   * Only when all pictures of the batch are done; until then each run has the rows of those that
   * are finished, too. What a loop over batches does: there to be measured against.
   */
  WHOLE
}
