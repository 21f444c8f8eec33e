package io.chitra.embedded.bench;

import ai.onnxruntime.OrtException;
import io.chitra.cli.machine.BenchListener;
import io.chitra.cli.machine.BenchOptions;
import io.chitra.cli.machine.BenchReport;
import io.chitra.cli.machine.BenchReport.EngineAlone;
import io.chitra.cli.machine.BenchReport.Export;
import io.chitra.cli.machine.BenchReport.Million;
import io.chitra.cli.machine.BenchReport.Mixed;
import io.chitra.cli.machine.BenchReport.Pipeline;
import io.chitra.cli.machine.BenchReport.Slice;
import io.chitra.cli.machine.BenchReport.Stub;
import io.chitra.cli.machine.BenchReport.Timing;
import io.chitra.cli.machine.BenchSection;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.MachineException;
import io.chitra.diffusion.Batching;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Engine;
import io.chitra.diffusion.EngineOptions;
import io.chitra.diffusion.EngineStats;
import io.chitra.diffusion.Environment;
import io.chitra.diffusion.ModelFolder;
import io.chitra.diffusion.ModelSetup;
import io.chitra.diffusion.RenderRequest;
import io.chitra.diffusion.onnx.Device;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * One benchmark. Its sections run one after the other, each with nothing else in the process: what
 * one has loaded or started is gone before the next begins. The bare loop is measured in slices
 * before, between and after the engine and the pipeline, so that each of these is compared to what
 * the machine did just before and just after it. Used by one thread.
 */
public final class Bench {

  /** Of the mixed requests' batch. */
  private static final int MIXED_ROWS = 8;

  /** What each form of the bare loop makes in a slice, unless all pictures together are fewer. */
  private static final int LEAST_SLICE = 8;

  private static final int SLICES_OF_PICTURES = 10;

  private static final int MILLION = 1_000_000;

  private final LocalMachine machine;
  private final Path scratch;
  private final BenchOptions options;
  private final BenchListener listener;
  private final EngineOptions engineOptions;
  private final ModelSetup model;
  private final Requests requests;
  private final BareSlices bare;

  private Bench(LocalMachine machine, Path scratch, BenchOptions options, BenchListener listener)
      throws DiffusionException, MachineException {
    this.machine = machine;
    this.scratch = scratch;
    this.options = options;
    this.listener = listener;
    Device device = Device.parse(options.device());
    this.engineOptions = EngineOptions.defaults().withDevice(device).withRows(options.rows());
    ModelFolder folder = ModelFolder.open(options.model());
    this.model = ModelSetup.of(folder);
    this.requests = Requests.of(options, folder);
    this.bare =
        new BareSlices(
            new BareLoop.Work(
                folder.path(),
                requests.height() / folder.sizeFactor(),
                requests.width() / folder.sizeFactor(),
                options.steps(),
                options.rowsPerPicture()),
            device,
            picturesOfSlice(options.pictures()),
            listener);
  }

  private static int picturesOfSlice(int pictures) {
    return Math.min(pictures, Math.max(pictures / SLICES_OF_PICTURES, LEAST_SLICE));
  }

  /**
   * Measures what the options say.
   *
   * @param machine that starts the pipeline's stack
   * @param scratch an empty folder, which the caller removes
   * @throws Exception when something cannot be done, with a message for a person
   */
  public static BenchReport run(
      LocalMachine machine, Path scratch, BenchOptions options, BenchListener listener)
      throws Exception {
    return new Bench(machine, scratch, options, listener).run();
  }

  private BenchReport run() throws Exception {
    Instant startedAt = Instant.now();
    Environment environment = environment();
    if (wants(BenchSection.BARE)) {
      bare.measure();
    }
    EngineAlone engine = wants(BenchSection.ENGINE) ? engineAlone() : null;
    Pipeline pipeline = wants(BenchSection.PIPELINE) ? pipeline() : null;
    Mixed mixed = wants(BenchSection.MIXED) ? mixed() : null;
    Stub stub = wants(BenchSection.STUB) ? stub() : null;
    Million million = wants(BenchSection.MILLION) ? million() : null;
    Export export = wants(BenchSection.EXPORT) ? export() : null;
    return new BenchReport(
        startedAt,
        Machine.facts(),
        environment.facts(),
        requests.width(),
        requests.height(),
        wants(BenchSection.BARE) ? bare.report() : null,
        engine,
        pipeline,
        mixed,
        stub,
        million,
        export,
        Machine.peakMemoryBytes(),
        Machine.peakHeapBytes());
  }

  private boolean wants(BenchSection section) {
    return options.sections().contains(section);
  }

  /** Also finds out whether the device is there, before minutes have gone by. */
  private Environment environment() throws DiffusionException {
    try (Engine engine = Engine.start(engineOptions)) {
      return engine.environment();
    }
  }

  private EngineAlone engineAlone()
      throws DiffusionException, OrtException, ExecutionException, InterruptedException {
    List<RenderRequest> pictures = requests.alike();
    Timing timing;
    EngineStats loaded;
    EngineStats done;
    try (EngineLoad load = EngineLoad.start(engineOptions, model, pictures.get(0))) {
      listener.begins("engine alone", pictures.size());
      int twoBatches = 2 * options.rows() / options.rowsPerPicture();
      loaded = load.stats();
      timing = load.render(pictures, twoBatches, stats -> {}, listener);
      done = load.stats();
    }
    double prompts = done.promptHits() + done.promptMisses();
    return new EngineAlone(
        timing, EngineLoad.occupancy(loaded, done), done.promptHits() / prompts, besideBare());
  }

  private Pipeline pipeline() throws Exception {
    PipelineLoad.Run first;
    PipelineLoad.Run all;
    try (PipelineLoad load =
        PipelineLoad.start(machine, scratch.resolve("state"), requests, listener)) {
      listener.begins("pipeline, first picture", 1);
      first = load.run(1, options.pictures());
      listener.begins("pipeline", options.pictures());
      all = load.run(options.pictures(), 0);
    }
    return new Pipeline(all.timing(), first.secondsToFirst(), besideBare());
  }

  private List<Slice> besideBare() throws OrtException, InterruptedException {
    if (!wants(BenchSection.BARE)) {
      return List.of();
    }
    bare.measure();
    return bare.beside();
  }

  private Mixed mixed() throws DiffusionException, ExecutionException, InterruptedException {
    Batches continuous = mixed(Batching.CONTINUOUS, "mixed requests, continuous batches");
    Batches whole = mixed(Batching.WHOLE, "mixed requests, whole batches");
    return new Mixed(
        MIXED_ROWS, continuous.timing(), whole.timing(), continuous.occupancy(), whole.occupancy());
  }

  private record Batches(Timing timing, double occupancy) {}

  private Batches mixed(Batching batching, String what)
      throws DiffusionException, ExecutionException, InterruptedException {
    List<RenderRequest> pictures = requests.mixed();
    try (EngineLoad load =
        EngineLoad.start(
            engineOptions.withRows(MIXED_ROWS).withBatching(batching), model, pictures.get(0))) {
      listener.begins(what, pictures.size());
      FullQueue queue = new FullQueue(load.stats());
      Timing timing = load.render(pictures, pictures.size(), queue, listener);
      return new Batches(timing, queue.occupancy(load.stats()));
    }
  }

  private Stub stub() throws MachineException, InterruptedException {
    listener.begins("pipeline that renders nothing", options.stubPictures());
    StubReport stub =
        StubBench.run(
            new StubOptions(scratch.resolve("stub"), options.stubPictures(), options.stubBytes()),
            listener::made);
    return new Stub(
        stub.pictures(), stub.picturesPerSecond(), stub.putsPerSecond(), stub.concurrency());
  }

  private Export export() throws Exception {
    listener.begins("export", options.stubPictures());
    return ExportBench.run(
        new StubOptions(scratch.resolve("export"), options.stubPictures(), options.stubBytes()),
        listener::made);
  }

  private Million million() throws MachineException, InterruptedException {
    listener.begins("pipeline that renders and stores nothing", MILLION);
    MillionReport million =
        MillionBench.run(
            new StubOptions(scratch.resolve("million"), MILLION, options.stubBytes()),
            listener::made);
    return new Million(
        million.pictures(),
        million.records(),
        million.picturesPerSecond(),
        million.checkpoints(),
        million.failedCheckpoints(),
        million.longestCheckpoint().toMillis() / 1e3,
        million.peakHeapBytes());
  }
}
