package io.chitra.worker.attempt;

/** A task that killed the worker whenever it was tried. Permanent: it ends in a dead letter. */
public final class WorkerKilledException extends Exception {
  private static final long serialVersionUID = 1L;

  WorkerKilledException(Deaths known) {
    super(
        ("Cannot render: the worker died again and again with this picture in hand (%d times are"
             + " noted, %d of them with nothing else in hand); it is not tried any more. The"
             + " worker's log and the system's may say why; chitra dead-letters redrive submits it"
             + " once more")
            .formatted(known.all(), known.alone()));
  }
}
