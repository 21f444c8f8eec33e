package io.chitra.worker.render;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.EngineStats;
import io.chitra.diffusion.Environment;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.ModelSetup;
import io.chitra.diffusion.Picture;
import io.chitra.diffusion.RenderRequest;
import io.chitra.diffusion.VaeFolder;
import io.chitra.diffusion.image.ColourMode;
import io.chitra.diffusion.image.DigitalSource;
import io.chitra.diffusion.image.PictureFile;
import io.chitra.diffusion.image.PictureFormat;
import io.chitra.diffusion.image.PictureText;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.job.TaskKind;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import io.chitra.store.ModelRepository;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.SteadyClock;
import io.chitra.worker.task.Truncation;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/**
 * Renders with the diffusion engine. Models and files are fetched by digest when they are first
 * asked for; fetching, reading and writing pictures have threads of their own, so the engine never
 * waits for them.
 */
public final class DiffusionRenderer implements Renderer {

  private static final int THREADS = 4;

  /** Of fetching a model that comes damaged. */
  private static final int TRIES = 3;

  private final Requests requests;
  private final Engine engine;
  private final ExecutorService workers;
  private final LocalFolders<LocalModel> models;
  private final LocalFolders<LocalVae> vaes;

  /** Takes over the engine; repository and files belong to the caller. */
  public DiffusionRenderer(
      ModelRepository repository, InputFiles files, InputLimits limits, Engine engine) {
    this.requests = new Requests(files, limits);
    this.engine = engine;
    this.workers =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "chitra-render-worker");
              thread.setDaemon(true);
              return thread;
            });
    this.models =
        new LocalFolders<>(repository, LocalModel::open, workers, TRIES, SteadyClock.STEADY);
    this.vaes = new LocalFolders<>(repository, LocalVae::open, workers, TRIES, SteadyClock.STEADY);
  }

  /** Another model's VAE; holds nothing open. */
  private record LocalVae(VaeFolder folder) implements LocalFolders.Local {

    static LocalVae open(Path path) throws DiffusionException {
      return new LocalVae(VaeFolder.open(path));
    }

    @Override
    public Path path() {
      return folder.path();
    }

    @Override
    public void close() {}
  }

  @Override
  public CompletableFuture<RenderedPicture> render(ImageTask task) {
    CompletableFuture<RenderedPicture> result = new CompletableFuture<>();
    permanentAsRenderException(
            rendered(task, (model, request) -> renderFor(result, model, request))
                .thenCompose(picture -> working(() -> file(task, picture))))
        .whenComplete(
            (picture, failure) -> {
              if (failure == null) {
                result.complete(picture);
              } else {
                result.completeExceptionally(failure);
              }
            });
    return result;
  }

  /** The engine's picture; taken out of its batch where nobody waits for it any more. */
  private CompletableFuture<Picture> renderFor(
      CompletableFuture<RenderedPicture> result, ModelSetup model, RenderRequest request) {
    if (result.isDone()) {
      return CompletableFuture.failedFuture(new CancellationException());
    }
    CompletableFuture<Picture> picture = engine.render(model, request);
    result.whenComplete((done, failure) -> picture.cancel(false));
    return picture;
  }

  /**
   * How a picture came, for people: pictures from noise to the result, side by side in one PNG.
   *
   * @param frames at most, 2 or more
   */
  public CompletableFuture<byte[]> filmstrip(ImageTask task, int frames) {
    return permanentAsRenderException(
        rendered(task, (setup, request) -> engine.filmstrip(setup, request, frames))
            .thenCompose(
                pictures ->
                    working(
                        () ->
                            PictureFile.encode(
                                RgbImage.sideBySide(pictures),
                                new PictureFormat.PngFormat(ColourMode.RGB),
                                text(task)))));
  }

  private <T> CompletableFuture<T> rendered(
      ImageTask task, BiFunction<ModelSetup, RenderRequest, CompletableFuture<T>> rendering) {
    return models
        .get(task.modelDigest())
        .thenCompose(
            model ->
                vae(task, model.folder())
                    .thenCompose(
                        vae ->
                            working(
                                () -> new ModelSetup(model.folder(), vae, requests.loras(task))))
                    .thenCompose(
                        setup ->
                            working(() -> requests.request(task))
                                .thenCompose(request -> rendering.apply(setup, request))));
  }

  private CompletableFuture<VaeFolder> vae(ImageTask task, ModelFolder model) {
    Vae vae = task.job().getVae();
    return vae == null
        ? CompletableFuture.completedFuture(model.vae())
        : vaes.get(vae.getDigest()).thenApply(LocalVae::folder);
  }

  private static RenderedPicture file(ImageTask task, Picture picture) {
    return new RenderedPicture(
        PictureFile.encode(picture, format(task.job()), text(task)),
        task.contentType(),
        picture.pixelSha256(),
        picture.renderTime().toMillis(),
        picture.environment());
  }

  private static PictureText text(ImageTask task) {
    DigitalSource source =
        task.kind() == TaskKind.TEXT_TO_IMAGE
            ? DigitalSource.TRAINED_ALGORITHMIC_MEDIA
            : DigitalSource.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA;
    return new PictureText(Parameters.of(task), source);
  }

  private static PictureFormat format(RenderJob job) {
    ColourMode mode = job.getOutputMode() == null ? ColourMode.RGB : ColourMode.L;
    Integer quality = job.getOutputQuality();
    return quality == null
        ? new PictureFormat.PngFormat(mode)
        : new PictureFormat.JpegFormat(mode, quality);
  }

  @Override
  public CompletableFuture<Truncation> truncation(ImageTask task) {
    return permanentAsRenderException(
        models
            .get(task.modelDigest())
            .thenCompose(model -> working(() -> model.truncation(task.job()))));
  }

  private <T> CompletableFuture<T> working(Callable<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.call();
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        workers);
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
  public Environment environment() {
    return engine.environment();
  }

  @Override
  public EngineStats stats() {
    return engine.stats();
  }

  @Override
  public void close() {
    engine.close();
    workers.shutdownNow();
    models.close();
    vaes.close();
  }
}
