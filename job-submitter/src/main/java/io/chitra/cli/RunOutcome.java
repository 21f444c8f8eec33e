package io.chitra.cli;

import io.chitra.cli.dataset.DatasetException;
import io.chitra.cli.follow.Ends;
import io.chitra.cli.follow.Submissions;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.show.Failures;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Progress;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What has come of a run so far: counts what ends, hands pictures on to who wants them, shows the
 * progress, and looks whether the stack still works. Used by the thread that follows.
 */
final class RunOutcome implements Ends<Exception> {

  private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);

  /** Takes the pictures that are made. */
  @FunctionalInterface
  interface Taker {

    /** Does nothing with them. */
    Taker NONE = (position, partition, offset, value, picture) -> {};

    void take(int position, int partition, long offset, byte[] value, ImageRecord picture)
        throws DatasetException, InterruptedException;
  }

  private final Backend backend;
  private final Taker taker;
  private final Submissions submissions;
  private final Progress progress;
  private final Failures failures = new Failures();
  private long rendered;
  private long reused;
  private long cancelled;
  private long nextCheck = System.nanoTime();

  RunOutcome(Backend backend, Taker taker, Submissions submissions, Progress progress) {
    this.backend = backend;
    this.taker = taker;
    this.submissions = submissions;
    this.progress = progress;
  }

  long rendered() {
    return rendered;
  }

  long reused() {
    return reused;
  }

  /** Pictures that somebody wanted no more. */
  long cancelled() {
    return cancelled;
  }

  /** Pictures that were not made, by reason. */
  Failures failures() {
    return failures;
  }

  @Override
  public void made(int position, ImageRecord picture, int partition, long offset, byte[] value)
      throws DatasetException, InterruptedException {
    if (picture.getReused()) {
      reused++;
    } else {
      rendered++;
    }
    taker.take(position, partition, offset, value, picture);
  }

  @Override
  public void failed(DeadLetter why, int pictures) {
    Integer first = why.getFirstIndex();
    String job = String.valueOf(why.getJobId());
    failures.add(why.getMessage(), first == null ? job : job + "[" + first + "]", pictures);
  }

  @Override
  public void cancelled(CancelledRange range, int pictures) {
    cancelled += pictures;
  }

  @Override
  public void tick() throws MachineException {
    progress.update(submissions.ended(), note());
    if (System.nanoTime() >= nextCheck) {
      nextCheck = System.nanoTime() + BETWEEN_CHECKS.toNanos();
      backend.check();
    }
  }

  private String note() {
    List<String> notes = new ArrayList<>();
    if (failures.count() > 0) {
      notes.add(Humans.count(failures.count()) + " failed");
    }
    if (cancelled > 0) {
      notes.add(Humans.count(cancelled) + " cancelled");
    }
    return String.join(", ", notes);
  }
}
