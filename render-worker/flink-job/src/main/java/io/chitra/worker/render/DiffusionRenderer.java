package io.chitra.worker.render;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.Environment;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.TextToImage;
import io.chitra.diffusion.image.Png;
import io.chitra.diffusion.tokenizer.ClipTokenizer;
import io.chitra.store.ModelRepository;
import io.chitra.store.NoSuchModelException;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Renders with the diffusion engine. Models are fetched by digest when they are first asked for;
 * fetching and encoding files have threads of their own, so the engine never waits for them.
 */
public final class DiffusionRenderer implements Renderer {

  private static final String CONTENT_TYPE = "image/png";

  private final ModelRepository models;
  private final Engine engine;
  private final Environment environment;
  private final ExecutorService workers;
  private final Map<String, CompletableFuture<LocalModel>> local = new ConcurrentHashMap<>();

  /** Takes over the engine; the repository belongs to the caller. */
  public DiffusionRenderer(ModelRepository models, Engine engine) {
    this.models = models;
    this.engine = engine;
    this.environment = engine.environment();
    this.workers =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "chitra-render-worker");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public CompletableFuture<RenderedPicture> render(ImageTask task) {
    return permanentAsRenderException(
        model(task.modelDigest())
            .thenCompose(model -> engine.render(model.folder(), request(task)))
            .thenApplyAsync(
                picture ->
                    new RenderedPicture(
                        Png.encode(picture, Parameters.of(task)),
                        CONTENT_TYPE,
                        picture.pixelSha256(),
                        picture.renderTime().toMillis()),
                workers));
  }

  @Override
  public CompletableFuture<Truncation> truncation(ImageTask task) {
    return permanentAsRenderException(
        model(task.modelDigest())
            .thenApplyAsync(
                model ->
                    new Truncation(
                        model.truncated(task.prompt()), model.truncated(task.negativePrompt())),
                workers));
  }

  /**
   * The model on this machine. It is fetched again after a fetch that failed, and when it has left
   * the bounded cache meanwhile.
   */
  private CompletableFuture<LocalModel> model(String digest) {
    return local.compute(
        digest,
        (key, known) -> {
          if (known != null && (!known.isDone() || usable(known))) {
            return known;
          }
          if (known != null) {
            known.thenAccept(LocalModel::close);
          }
          return CompletableFuture.supplyAsync(() -> fetch(key), workers);
        });
  }

  private static boolean usable(CompletableFuture<LocalModel> fetched) {
    return !fetched.isCompletedExceptionally() && Files.isDirectory(fetched.join().folder().path());
  }

  private LocalModel fetch(String digest) {
    try {
      ModelFolder folder = ModelFolder.open(models.fetch(digest));
      return new LocalModel(folder, ClipTokenizer.open(folder.path()));
    } catch (NoSuchModelException e) {
      throw new CompletionException(new RenderException(String.valueOf(e.getMessage()), e));
    } catch (DiffusionException e) {
      throw new CompletionException(e);
    }
  }

  /** A fetched model, and a tokenizer of it that tells what of a prompt is cut off. */
  private record LocalModel(ModelFolder folder, ClipTokenizer tokenizer) implements AutoCloseable {

    @Override
    public void close() {
      tokenizer.close();
    }

    @Nullable String truncated(@Nullable String prompt) {
      try {
        return prompt == null ? null : tokenizer.encode(prompt).truncated();
      } catch (DiffusionException e) {
        throw new CompletionException(e);
      }
    }
  }

  private static TextToImage request(ImageTask task) {
    return new TextToImage(
        task.prompt(),
        task.negativePrompt(),
        task.numInferenceSteps(),
        task.guidanceScale(),
        task.scheduler(),
        task.seed(),
        task.width(),
        task.height());
  }

  private static <T> CompletableFuture<T> permanentAsRenderException(CompletableFuture<T> future) {
    return future.exceptionallyCompose(
        failure -> {
          Throwable cause = failure;
          while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
          }
          return CompletableFuture.failedFuture(
              cause instanceof DiffusionException diffusion && diffusion.permanent()
                  ? new RenderException(String.valueOf(cause.getMessage()), cause)
                  : cause);
        });
  }

  @Override
  public int pixelVersion() {
    return Engine.PIXEL_VERSION;
  }

  @Override
  public String environmentClass() {
    return environment.environmentClass();
  }

  @Override
  public Map<String, String> environment() {
    return environment.facts();
  }

  @Override
  public void close() {
    engine.close();
    workers.shutdownNow();
    local.values().forEach(model -> model.thenAccept(LocalModel::close));
  }
}
