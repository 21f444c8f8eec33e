package io.chitra.worker.topology;

import io.chitra.schemas.Codec;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.worker.task.CancelledRanges;
import io.chitra.worker.task.Cancels;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.PlannedImage;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The pictures that are being made, so that cancelled ones can be taken out: waiting or running,
 * such a picture ends as a cancelled range of one, unless its record was there first. Either way it
 * ends once.
 *
 * <p>Safe for use by several threads.
 */
final class RunningPictures {

  private final Supplier<Cancels> cancels;
  private final Function<PlannedImage, CompletableFuture<OutgoingRecord>> maker;
  private final Codec<RenderJob> jobs;
  private final CancelledRanges ranges;
  private final RenderMetrics metrics;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();

  /**
   * @param cancels what is cancelled by now
   * @param maker makes a picture; a future of it that is cancelled stops that
   */
  RunningPictures(
      Supplier<Cancels> cancels,
      Function<PlannedImage, CompletableFuture<OutgoingRecord>> maker,
      Codec<RenderJob> jobs,
      CancelledRanges ranges,
      RenderMetrics metrics) {
    this.cancels = cancels;
    this.maker = maker;
    this.jobs = jobs;
    this.ranges = ranges;
    this.metrics = metrics;
  }

  /** Equal to itself alone: a picture may be asked for twice at once. */
  private static final class Running {
    private final PlannedImage planned;
    private final CompletableFuture<OutgoingRecord> making;
    private final CompletableFuture<OutgoingRecord> end = new CompletableFuture<>();

    Running(PlannedImage planned, CompletableFuture<OutgoingRecord> making) {
      this.planned = planned;
      this.making = making;
    }
  }

  /** Makes a picture, unless it is cancelled before it is there. Fails as the maker does. */
  CompletableFuture<OutgoingRecord> make(PlannedImage planned) {
    if (mayBeCancelled(planned)) {
      ImageTask task = ImageTask.of(planned, jobs);
      if (isCancelled(task)) {
        metrics.cancelled();
        return CompletableFuture.completedFuture(ranges.of(task));
      }
    }
    Running picture = new Running(planned, maker.apply(planned));
    running.add(picture);
    picture.making.whenComplete(
        (record, failure) -> {
          running.remove(picture);
          if (failure == null) {
            picture.end.complete(record);
          } else {
            picture.end.completeExceptionally(failure);
          }
        });
    stopIfCancelled(picture); // it may have been cancelled before it was in the set
    return picture.end;
  }

  /** Takes out those that are cancelled by now. */
  void stopCancelled() {
    running.forEach(this::stopIfCancelled);
  }

  private void stopIfCancelled(Running picture) {
    if (!mayBeCancelled(picture.planned)) {
      return;
    }
    ImageTask task = ImageTask.of(picture.planned, jobs);
    if (isCancelled(task) && picture.end.complete(ranges.of(task))) {
      metrics.cancelled();
      picture.making.cancel(false);
    }
  }

  private boolean mayBeCancelled(PlannedImage planned) {
    return cancels.get().mayCover(planned.topic(), planned.partition(), planned.offset());
  }

  private boolean isCancelled(ImageTask task) {
    Submission submission = task.submission();
    return cancels
        .get()
        .covers(
            submission.getTopic(),
            submission.getPartition(),
            submission.getOffset(),
            task.dataset(),
            task.jobId());
  }
}
