package io.chitra.diffusion;

import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.model.ModelInspection;
import io.chitra.diffusion.onnx.Device;
import io.chitra.diffusion.onnx.GraphInspector;
import io.chitra.diffusion.onnx.OnnxRuntime;
import io.chitra.diffusion.onnx.UNet;
import io.chitra.diffusion.onnx.VaeDecoder;
import io.chitra.diffusion.onnx.VaeEncoder;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders pictures on one device of this machine. Requests share the UNet's batch step by step,
 * whatever their model's other requests are doing, and a picture's bits do not depend on its
 * neighbours.
 *
 * <p>Three threads hand a picture on: one loads models, encodes prompts and makes noise; one
 * denoises; one decodes. Models are loaded when first asked for. Safe for many threads; closed
 * once, never from a callback of its own futures.
 */
public final class Engine implements AutoCloseable {

  /** The version of this library. */
  public static final String VERSION = "0.1.0";

  /** Goes up whenever the same request on the same model would give other pixels than before. */
  public static final int PIXEL_VERSION = 2;

  private static final List<String> PARTS =
      List.of("text_encoder", "text_encoder_2", UNet.PART, VaeDecoder.PART, VaeEncoder.PART);

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  private final EngineOptions options;
  private final Environment environment;
  private final ModelCache models;
  private final ExecutorService preparing = Threads.single("chitra-prepare");
  private final ExecutorService decoding = Threads.single("chitra-decode");
  private final DenoisingLoop loop;
  private volatile boolean closed;

  private Engine(EngineOptions options, OnnxRuntime runtime) {
    this.options = options;
    this.environment = environment(options, runtime);
    this.models = new ModelCache(runtime, options);
    this.loop = new DenoisingLoop(options.rows(), this::decode);
  }

  /**
   * @throws DiffusionException permanent, when the device is not there
   */
  public static Engine start(EngineOptions options) throws DiffusionException {
    OnnxRuntime runtime = new OnnxRuntime(options.device(), options.threads());
    runtime.requireDevice();
    Engine engine = new Engine(options, runtime);
    LOG.info("Rendering with {}", engine.environment.facts());
    engine.loop.start();
    return engine;
  }

  /**
   * Renders one picture. Never blocks and never throws: a failure is a {@link DiffusionException}
   * in the future. A cancelled future takes its picture out of the batch.
   *
   * <p>The future completes on a thread of the engine: continue with the {@code Async} methods.
   */
  public CompletableFuture<Picture> render(ModelSetup model, RenderRequest request) {
    return render(model, request, null);
  }

  /**
   * Renders one picture and shows how it came: at most so many pictures of the same size, from
   * noise to the result.
   *
   * @param frames 2 or more
   */
  public CompletableFuture<List<RgbImage>> filmstrip(
      ModelSetup model, RenderRequest request, int frames) {
    Filmstrip filmstrip = new Filmstrip(frames);
    return render(model, request, filmstrip).thenApply(picture -> filmstrip.pictures());
  }

  private CompletableFuture<Picture> render(
      ModelSetup model, RenderRequest request, @Nullable Filmstrip filmstrip) {
    CompletableFuture<Picture> future = new CompletableFuture<>();
    try {
      preparing.execute(() -> prepare(model, request, future, filmstrip));
    } catch (RejectedExecutionException e) {
      future.completeExceptionally(Failures.closed());
    }
    return future;
  }

  private void prepare(
      ModelSetup model,
      RenderRequest request,
      CompletableFuture<Picture> future,
      @Nullable Filmstrip filmstrip) {
    if (future.isDone()) {
      return;
    }
    try {
      if (closed) {
        throw Failures.closed();
      }
      RequestRules.check(model, request);
      ModelCache.Lease lease = models.lease(model);
      Rendering rendering;
      try {
        rendering = Rendering.prepare(request, future, filmstrip, lease);
      } catch (DiffusionException | RuntimeException | Error e) {
        lease.close();
        throw e;
      }
      loop.add(rendering);
    } catch (DiffusionException | RuntimeException | Error e) {
      future.completeExceptionally(Failures.asDiffusionException(e));
    }
  }

  private void decode(Rendering rendering) {
    decoding.execute(rendering::decode);
  }

  /** What the pictures' bits depend on besides request and model. */
  public Environment environment() {
    return environment;
  }

  private static Environment environment(EngineOptions options, OnnxRuntime runtime) {
    Map<String, String> facts = new TreeMap<>(runtime.facts());
    facts.put("engine", VERSION);
    facts.put("pixel_version", Integer.toString(PIXEL_VERSION));
    if (options.device() instanceof Device.Cuda) {
      facts.put("device", Gpu.describe());
      facts.put("rows", Integer.toString(options.rows()));
    } else {
      facts.put("device", Cpu.describe());
    }
    return new Environment(facts);
  }

  /**
   * How many pictures with guidance keep every row busy; twice as many in flight leave no row
   * waiting.
   */
  public int capacity() {
    return options.rows() / 2;
  }

  /** Looks into a model's graphs, which takes the time of loading them. */
  public static ModelInspection inspect(ModelFolder model) throws DiffusionException {
    List<String> parts =
        PARTS.stream().filter(part -> Files.isDirectory(model.path().resolve(part))).toList();
    ModelInspection.Graphs graphs =
        GraphInspector.inspect(new OnnxRuntime(new Device.Cpu(), 1), model.path(), parts);
    return new ModelInspection(
        model.pipeline(),
        model.layout(),
        model.scheduler(),
        model.sizeFactor(),
        model.width(),
        model.height(),
        graphs.residentBytes(),
        graphs.parts());
  }

  /** Fails the pictures that are not denoised yet, finishes the others, and frees everything. */
  @Override
  public void close() {
    closed = true;
    Threads.finish(preparing);
    loop.close();
    Threads.finish(decoding);
    models.close();
  }
}
