package io.chitra.embedded.bench;

import io.chitra.dataset.Sha256;
import io.chitra.diffusion.Environment;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** Gives every task the same file at once, so that only what is around a renderer takes time. */
final class StubRenderer implements Renderer {

  private static final Environment ENVIRONMENT =
      new Environment(Map.of("device", "none", "engine", "stub"));

  private final CompletableFuture<RenderedPicture> picture;

  StubRenderer(int fileBytes) {
    byte[] file = new byte[fileBytes];
    new Random(1).nextBytes(file);
    picture =
        CompletableFuture.completedFuture(
            new RenderedPicture(file, "image/png", Sha256.of(file), 1, ENVIRONMENT));
  }

  @Override
  public CompletableFuture<RenderedPicture> render(ImageTask task) {
    return picture;
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
