package io.chitra.diffusion;

import io.chitra.diffusion.Counters.Count;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One picture that was asked for, from the asking until the future is done. Handed from thread to
 * thread, used by one at a time.
 */
final class Order {

  private final ModelSetup model;
  private final RenderRequest request;
  private final @Nullable Filmstrip filmstrip;
  private final Counters counters;
  private final CompletableFuture<Picture> future = new CompletableFuture<>();
  private Stage stage = Stage.PREPARING;
  private boolean startedAgain;

  /**
   * @param filmstrip takes the latents on their way, null where nobody looks
   */
  Order(ModelSetup model, RenderRequest request, @Nullable Filmstrip filmstrip, Counters counters) {
    this.model = model;
    this.request = request;
    this.filmstrip = filmstrip;
    this.counters = counters;
    counters.enter(stage);
  }

  ModelSetup model() {
    return model;
  }

  RenderRequest request() {
    return request;
  }

  @Nullable Filmstrip filmstrip() {
    return filmstrip;
  }

  /** Done with a picture or a {@link DiffusionException}, or cancelled by whoever waits. */
  CompletableFuture<Picture> future() {
    return future;
  }

  /** Whether nobody waits for the picture any more. */
  boolean isCancelled() {
    return future.isDone();
  }

  void enter(Stage next) {
    counters.leave(stage);
    counters.enter(next);
    stage = next;
  }

  /** Goes back to its beginning. */
  void startAgain() {
    enter(Stage.PREPARING);
    startedAgain = true;
  }

  /** Whether it has been at its beginning more than once. */
  boolean hasStartedAgain() {
    return startedAgain;
  }

  /** Ends with the picture. */
  void complete(Picture picture) {
    counters.leave(stage);
    if (!isCancelled()) {
      counters.add(Count.PICTURES, 1);
      future.complete(picture);
    }
  }

  /** Ends without a picture. */
  void fail(Throwable failure) {
    counters.leave(stage);
    if (!isCancelled()) {
      counters.add(Count.FAILURES, 1);
      future.completeExceptionally(Failures.asDiffusionException(failure));
    }
  }
}
