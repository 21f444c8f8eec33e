package io.chitra.worker.plan;

import io.chitra.worker.task.OutgoingRecord;

/** What becomes of one record of {@code render.jobs}. */
public sealed interface Plan {

  /** It asks for pictures; its cursor stands before the first. */
  record FanOut(OpenJob job) implements Plan {}

  /** It asks for nothing that can be made; the dead letter says why. */
  record Refused(OutgoingRecord deadLetter) implements Plan {}
}
