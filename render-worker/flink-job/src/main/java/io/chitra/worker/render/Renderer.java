package io.chitra.worker.render;

import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Makes pictures. Open from construction to {@link #close()}; safe for use by several threads. */
public interface Renderer extends AutoCloseable {

  /**
   * Renders one picture. Never blocks and never throws; the future fails with a {@link
   * RenderException} when the task can never succeed, and with anything else when it may succeed
   * another time.
   */
  CompletableFuture<RenderedPicture> render(ImageTask task);

  /** What of the task's prompts did not fit into the model's tokens. Fails like {@link #render}. */
  CompletableFuture<Truncation> truncation(ImageTask task);

  /** Version of the code that decides pixels; part of every fingerprint. */
  int pixelVersion();

  /** Short digest of what bits depend on besides the task; part of every object key. */
  String environmentClass();

  /** What makes the pictures, for their records. */
  Map<String, String> environment();

  @Override
  void close();
}
