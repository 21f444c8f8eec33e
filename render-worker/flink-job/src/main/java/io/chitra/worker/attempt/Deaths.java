package io.chitra.worker.attempt;

/**
 * How often the worker is known to have died with a task in hand. The death that made it look into
 * the matter is not among them: nothing is noted in normal running.
 *
 * @param all in whatever company
 * @param alone while nothing else was in hand
 */
record Deaths(int all, int alone) {

  /** Whether the task is not to be tried again. */
  boolean enough() {
    return all >= 2 && alone >= 1;
  }
}
