package io.chitra.cli.check;

/** Is told how far a check has come, by the thread that checks. */
public interface CheckListener {

  /**
   * Tells how far a step has come.
   *
   * @param total 0 when nobody knows
   */
  void step(Step step, long done, long total);

  /** What is done one after the other. */
  enum Step {
    LISTING_OBJECTS,
    READING_TOPICS,
    LOOKING_AT_OBJECTS,
    COMPARING,
    WATCHING
  }
}
