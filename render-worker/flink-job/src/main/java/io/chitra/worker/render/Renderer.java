package io.chitra.worker.render;

import io.chitra.diffusion.EngineStats;
import io.chitra.diffusion.Environment;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.util.concurrent.CompletableFuture;

/** Makes pictures. Open from construction to {@link #close()}; safe for use by several threads. */
public interface Renderer extends AutoCloseable {

  EngineStats NO_ENGINE = new EngineStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /**
   * Renders one picture. Never blocks and never throws; the future fails with a {@link
   * RenderException} when the task can never succeed, and with anything else when it may succeed
   * another time. A future that is cancelled stops the work on its picture soon.
   */
  CompletableFuture<RenderedPicture> render(ImageTask task);

  /** What of the task's prompts did not fit into the model's tokens. Fails like {@link #render}. */
  CompletableFuture<Truncation> truncation(ImageTask task);

  /** Version of the code that decides pixels; part of every fingerprint. */
  int pixelVersion();

  /**
   * What makes pictures now; its class is part of every object key. A picture says itself what made
   * it, since this may change while it is made.
   */
  Environment environment();

  /** What the engine behind it has done; all 0 without one. Any thread, any time. */
  default EngineStats stats() {
    return NO_ENGINE;
  }

  @Override
  void close();
}
