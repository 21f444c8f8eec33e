package io.chitra.faults;

import io.chitra.dataset.Sha256;
import io.chitra.diffusion.Environment;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Makes small files in place of pictures, another one each time: who puts one over another, or
 * makes a record of one that is not stored, is found out. A prompt that is {@link #NEVER} fails
 * every time.
 */
final class StubPictures implements Renderer {

  static final String NEVER = "never";

  private static final Environment ENVIRONMENT = new Environment(Map.of("engine", "stub"));
  private static final int BYTES = 600;

  private final Executor later;

  /**
   * @param millis that a picture takes
   */
  StubPictures(long millis) {
    later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletableFuture<RenderedPicture> render(ImageTask task) {
    if (task.prompt().equals(NEVER)) {
      return CompletableFuture.failedFuture(
          new RenderException("Cannot render: this prompt never works", new Exception("stub")));
    }
    return CompletableFuture.supplyAsync(StubPictures::picture, later);
  }

  private static RenderedPicture picture() {
    byte[] file = new byte[BYTES];
    ThreadLocalRandom.current().nextBytes(file);
    return new RenderedPicture(file, "image/png", Sha256.of(file), 1, ENVIRONMENT);
  }

  @Override
  public CompletableFuture<Truncation> truncation(ImageTask task) {
    return CompletableFuture.completedFuture(Truncation.NONE);
  }

  @Override
  public int pixelVersion() {
    return 1;
  }

  @Override
  public Environment environment() {
    return ENVIRONMENT;
  }

  @Override
  public void close() {}
}
