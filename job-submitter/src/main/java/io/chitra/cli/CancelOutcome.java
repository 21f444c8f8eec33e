package io.chitra.cli;

import io.chitra.cli.follow.Ends;
import io.chitra.cli.follow.Submissions;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.show.Progress;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import java.time.Duration;

/**
 * Counts how pictures end that were to be cancelled, shows how far that has come, and looks whether
 * the stack still works. Used by the thread that follows.
 */
final class CancelOutcome implements Ends<MachineException> {

  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);

  private final Backend backend;
  private final Submissions submissions;
  private final Progress progress;
  private long cancelled;
  private long nextCheck = System.nanoTime();

  CancelOutcome(Backend backend, Submissions submissions, Progress progress) {
    this.backend = backend;
    this.submissions = submissions;
    this.progress = progress;
  }

  /** How many have ended as cancelled. */
  long cancelled() {
    return cancelled;
  }

  @Override
  public void made(int position, ImageRecord picture, int partition, long offset, byte[] value) {}

  @Override
  public void failed(DeadLetter why, int pictures) {}

  @Override
  public void cancelled(CancelledRange range, int pictures) {
    cancelled += pictures;
  }

  @Override
  public void tick() throws MachineException {
    progress.update(submissions.ended(), "");
    if (System.nanoTime() >= nextCheck) {
      nextCheck = System.nanoTime() + BETWEEN_CHECKS.toNanos();
      backend.check();
    }
  }
}
