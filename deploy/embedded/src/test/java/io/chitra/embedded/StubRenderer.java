package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.chitra.diffusion.Environment;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes a file of a few bytes in place of a picture, so that tests of the topology can make
 * thousands. The prompt tells how it behaves: "cannot" fails for good, "breaks" fails every time in
 * a way that might pass, "waits" never ends unless it is cancelled.
 */
final class StubRenderer implements Renderer {

  /** How many were asked for, in this JVM, that never end by themselves. */
  static final AtomicInteger WAITING = new AtomicInteger();

  private static final Environment ENVIRONMENT = new Environment(Map.of("engine", "stub"));

  private final Executor later = CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS);

  @Override
  public CompletableFuture<RenderedPicture> render(ImageTask task) {
    return switch (task.prompt()) {
      case "cannot" ->
          CompletableFuture.failedFuture(
              new RenderException("Cannot render: this prompt never works", new Exception("stub")));
      case "breaks" -> CompletableFuture.failedFuture(new IllegalStateException("out of luck"));
      case "waits" -> {
        WAITING.incrementAndGet();
        yield new CompletableFuture<>();
      }
      default -> CompletableFuture.supplyAsync(() -> picture(task), later);
    };
  }

  private static RenderedPicture picture(ImageTask task) {
    String pixels = task.prompt() + "/" + task.seed();
    return new RenderedPicture(
        pixels.getBytes(UTF_8),
        "image/png",
        Integer.toHexString(pixels.hashCode()),
        2,
        ENVIRONMENT);
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
