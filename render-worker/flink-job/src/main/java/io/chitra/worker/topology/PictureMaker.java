package io.chitra.worker.topology;

import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.worker.attempt.WorkerKilledException;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.store.ForeignObjectException;
import io.chitra.worker.store.PictureStore;
import io.chitra.worker.task.DeadLetters;
import io.chitra.worker.task.Fingerprint;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.LoggedPrompts;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.OutgoingRecord.Kind;
import io.chitra.worker.task.PictureKey;
import io.chitra.worker.task.PlannedImage;
import io.chitra.worker.task.Printable;
import io.chitra.worker.task.StoredPicture;
import io.chitra.worker.task.Truncation;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Render and store as one step: from a task to the record of a picture whose object exists, or to
 * the dead letter of one that cannot be made. A picture that is already there is not rendered
 * again, and one that is asked for twice at once is rendered once.
 *
 * <p>Safe for use by several threads; renderer and store belong to the caller.
 */
final class PictureMaker {

  private static final Logger LOG = LoggerFactory.getLogger(PictureMaker.class);

  private final Renderer renderer;
  private final PictureStore store;
  private final int tries;
  private final Codec<RenderJob> jobs;
  private final Codec<ImageRecord> records = Codec.imageRecords();
  private final DeadLetters deadLetters;
  private final LoggedPrompts prompts;
  private final RenderMetrics metrics;
  private final Map<PictureKey, SharedPicture> inFlight = new ConcurrentHashMap<>();

  /**
   * @param tries how often a picture is tried that may succeed another time
   */
  PictureMaker(
      Renderer renderer,
      PictureStore store,
      int tries,
      Codec<RenderJob> jobs,
      DeadLetters deadLetters,
      LoggedPrompts prompts,
      RenderMetrics metrics) {
    this.renderer = renderer;
    this.store = store;
    this.tries = tries;
    this.jobs = jobs;
    this.deadLetters = deadLetters;
    this.prompts = prompts;
    this.metrics = metrics;
  }

  /**
   * Never blocks. The future fails only when the store does, after its client's own retries: then
   * nothing can be said about the picture, and the whole job goes back to its checkpoint. A future
   * that is cancelled takes its picture out of the renderer, unless another waits for it too.
   */
  CompletableFuture<OutgoingRecord> make(PlannedImage planned) {
    ImageTask task = ImageTask.of(planned, jobs);
    PictureKey key =
        new PictureKey(
            Fingerprint.of(task, renderer.pixelVersion()),
            renderer.environment().environmentClass(),
            task.fileExtension());
    SharedPicture shared = join(key, task);
    CompletableFuture<OutgoingRecord> record =
        shared
            .stored()
            .thenCombine(
                renderer.truncation(task),
                (picture, truncation) -> result(task, picture, truncation))
            .exceptionallyCompose(failure -> deadLetter(task, unwrap(failure)));
    record.whenComplete(
        (done, failure) -> {
          if (record.isCancelled()) {
            leave(key, shared);
          }
        });
    return record;
  }

  /** The dead letter of a picture that is not tried any more. */
  CompletableFuture<OutgoingRecord> giveUp(PlannedImage planned, WorkerKilledException why) {
    metrics.gaveUp();
    return deadLetter(ImageTask.of(planned, jobs), why);
  }

  /** The stored picture; asked for twice at once, both get the same. */
  private SharedPicture join(PictureKey key, ImageTask task) {
    SharedPicture mine = new SharedPicture();
    SharedPicture shared =
        inFlight.merge(
            key,
            mine,
            (others, unused) -> {
              others.join();
              return others;
            });
    if (shared == mine) {
      start(key, task, mine);
    }
    return shared;
  }

  /** Whoever comes after the last one has left starts anew. */
  private void leave(PictureKey key, SharedPicture shared) {
    inFlight.computeIfPresent(
        key, (k, present) -> present == shared && shared.leave() ? null : present);
    shared.stopIfAbandoned();
  }

  private void start(PictureKey key, ImageTask task, SharedPicture shared) {
    metrics
        .head(() -> store.find(key))
        .thenCompose(
            found -> {
              found.ifPresent(picture -> metrics.found());
              return found
                  .map(CompletableFuture::completedFuture)
                  .orElseGet(() -> renderAndPut(key, task, shared, tries));
            })
        .whenComplete(
            (picture, failure) -> {
              inFlight.remove(key, shared);
              if (failure == null) {
                shared.stored().complete(picture);
              } else {
                shared.stored().completeExceptionally(unwrap(failure));
              }
            });
  }

  private CompletableFuture<StoredPicture> renderAndPut(
      PictureKey key, ImageTask task, SharedPicture shared, int triesLeft) {
    if (shared.isAbandoned()) {
      return CompletableFuture.failedFuture(new CancellationException());
    }
    return shared
        .rendering(renderer.render(task))
        .handle(
            (picture, failure) -> {
              if (shared.isAbandoned()) {
                return CompletableFuture.<StoredPicture>failedFuture(new CancellationException());
              }
              if (failure == null) {
                metrics.rendered(task, picture);
                PictureKey made =
                    key.withEnvironmentClass(picture.environment().environmentClass());
                return metrics.put(() -> store.put(made, task, picture));
              }
              Throwable cause = unwrap(failure);
              if (cause instanceof RenderException || triesLeft <= 1) {
                return CompletableFuture.<StoredPicture>failedFuture(asPermanent(cause));
              }
              LOG.warn(
                  "Picture {} of job {} ({}) failed, {} tries left: {}",
                  task.imageIndex(),
                  Printable.of(task.jobId()),
                  prompts.prompt(task),
                  triesLeft - 1,
                  prompts.message(cause.toString(), task));
              metrics.retried();
              return renderAndPut(key, task, shared, triesLeft - 1);
            })
        .thenCompose(stored -> stored);
  }

  private RenderException asPermanent(Throwable cause) {
    return cause instanceof RenderException permanent
        ? permanent
        : new RenderException(
            "Cannot render: given up after %d tries, the last one said: %s".formatted(tries, cause),
            cause);
  }

  private CompletableFuture<OutgoingRecord> deadLetter(ImageTask task, Throwable cause) {
    if (cause instanceof RenderException
        || cause instanceof ForeignObjectException
        || cause instanceof WorkerKilledException) {
      metrics.refused();
      return CompletableFuture.completedFuture(deadLetters.ofPicture(task, cause));
    }
    metrics.storeFailed();
    return CompletableFuture.failedFuture(cause);
  }

  private OutgoingRecord result(ImageTask task, StoredPicture picture, Truncation truncation) {
    ImageRecord record =
        PictureRecord.of(task, picture, truncation, store.bucket(), store.objectKey(picture.key()));
    metrics.recorded();
    return new OutgoingRecord(
        Kind.RESULT,
        task.jobId().getBytes(StandardCharsets.UTF_8),
        records.encode(record),
        Map.of());
  }

  private static Throwable unwrap(Throwable failure) {
    return failure instanceof CompletionException
        ? Optional.ofNullable(failure.getCause()).orElse(failure)
        : failure;
  }
}
