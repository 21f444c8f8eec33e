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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders pictures on one device of this machine. Requests share the UNet's batch step by step,
 * whatever their model's other requests are doing, and a picture's bits do not depend on its
 * neighbours.
 *
 * <p>Three threads hand a picture on: one loads models, encodes prompts and makes noise; one
 * denoises, with others beside it where a CPU computes; one decodes. Models are loaded when first
 * asked for. Safe for many threads; closed once, never from a callback of its own futures.
 */
public final class Engine implements AutoCloseable {

  /** The version of this library. */
  public static final String VERSION = "0.1.0";

  /** Goes up whenever the same request on the same model would give other pixels than before. */
  public static final int PIXEL_VERSION = 3;

  private static final List<String> PARTS =
      List.of("text_encoder", "text_encoder_2", UNet.PART, VaeDecoder.PART, VaeEncoder.PART);

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  private final Counters counters = new Counters();
  private final ModelCache models;
  private final Preparation preparation;
  private final DenoisingLoop loop;
  private final Decoding decoding;

  private Engine(EngineOptions options, OnnxRuntime runtime, int lanes) {
    this.models = new ModelCache(runtime, options, counters);
    this.preparation = new Preparation(order -> models.holds(order.model()), this::prepare);
    this.decoding = new Decoding(options.decodeBatch(), this::decodeAgain);
    this.loop =
        new DenoisingLoop(
            options,
            lanes,
            rows -> environment(options.withRows(rows), runtime),
            counters,
            this::decode,
            this::again);
  }

  /**
   * @throws DiffusionException permanent, when the device is not there
   */
  public static Engine start(EngineOptions options) throws DiffusionException {
    int lanes =
        options.device() instanceof Device.Cpu ? Math.min(options.threads(), options.rows()) : 1;
    OnnxRuntime runtime = new OnnxRuntime(options.device(), options.threads() - lanes + 1);
    runtime.requireDevice();
    Engine engine = new Engine(options, runtime, lanes);
    LOG.info(
        "Rendering with {}, {} rows, {} threads",
        engine.environment().facts(),
        options.rows(),
        options.threads());
    engine.loop.start();
    engine.preparation.start();
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
    Order order = new Order(model, request, filmstrip, counters);
    preparation.add(order);
    return order.future();
  }

  /** Ends an order by handing it on, or with a failure. */
  private void prepare(Order order) {
    if (order.isCancelled()) {
      order.fail(Failures.closed());
      return;
    }
    try {
      RequestRules.check(order.model(), order.request());
      ModelCache.Lease lease = models.lease(order.model());
      Rendering rendering;
      try {
        rendering = Rendering.prepare(order, lease);
      } catch (DiffusionException | RuntimeException | Error e) {
        lease.close();
        throw e;
      }
      order.enter(Stage.WAITING);
      loop.add(rendering);
    } catch (DiffusionException | RuntimeException | Error e) {
      order.fail(e);
    }
  }

  private void decode(Rendering rendering) {
    rendering.order().enter(Stage.DECODING);
    decoding.add(rendering);
  }

  private void again(Order order) {
    preparation.add(order);
  }

  /**
   * What holds the memory is the UNet's rows. A picture that has no room beside half of them either
   * is too large.
   */
  private void decodeAgain(Rendering rendering, DiffusionException outOfMemory) {
    if (rendering.order().hasStartedAgain() || rendering.rowsOfBatch() == Bucket.FEWEST_ROWS) {
      rendering.fail(outOfMemory);
      return;
    }
    if (rendering.rowsOfBatch() == loop.rows()) {
      loop.makeRoom(outOfMemory);
    }
    again(rendering.giveUp());
  }

  /**
   * What the bits of pictures that start now depend on besides request and model. Out of memory
   * changes the rows, which on a GPU is another environment: each picture says its own.
   */
  public Environment environment() {
    return loop.environment();
  }

  /** What has been done so far, and what is at work; for any thread at any time. */
  public EngineStats stats() {
    return counters.snapshot(loop.rows());
  }

  private static Environment environment(EngineOptions options, OnnxRuntime runtime) {
    Map<String, String> facts = new TreeMap<>(runtime.facts());
    facts.put("engine", VERSION);
    facts.put("pixel_version", Integer.toString(PIXEL_VERSION));
    if (options.device() instanceof Device.Cuda) {
      facts.put("device", Gpu.describe());
      facts.put("rows", Integer.toString(options.rows()));
      facts.put("decode_batch", Integer.toString(options.decodeBatch()));
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
    return loop.rows() / 2;
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
    models.refuse();
    preparation.close();
    loop.close();
    decoding.close();
    models.close();
  }
}
