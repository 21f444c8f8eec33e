package io.chitra.cli;

import io.chitra.cli.machine.BenchListener;
import io.chitra.cli.machine.BenchOptions;
import io.chitra.cli.machine.BenchReport;
import io.chitra.cli.machine.BenchReport.BareLoop;
import io.chitra.cli.machine.BenchReport.EngineAlone;
import io.chitra.cli.machine.BenchReport.Export;
import io.chitra.cli.machine.BenchReport.Million;
import io.chitra.cli.machine.BenchReport.Mixed;
import io.chitra.cli.machine.BenchReport.Pipeline;
import io.chitra.cli.machine.BenchReport.Slice;
import io.chitra.cli.machine.BenchReport.Stub;
import io.chitra.cli.machine.BenchReport.Timing;
import io.chitra.cli.machine.BenchSection;
import io.chitra.cli.machine.ExportListener;
import io.chitra.cli.machine.ExportSettings;
import io.chitra.cli.machine.Finding;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.ModelReport;
import io.chitra.cli.machine.PictureAgain;
import io.chitra.cli.machine.StackOptions;
import io.chitra.cli.machine.WorkerSettings;
import io.chitra.dataset.compare.VerifyTask;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A machine that cannot start anything, and tells fixed things of itself. */
public final class TestMachine implements LocalMachine {

  static final String REASON = "this machine is for tests";

  private static volatile SortedMap<String, String> workerOptions = new TreeMap<>();

  /** The options that the last worker got. */
  static SortedMap<String, String> workerOptions() {
    return workerOptions;
  }

  @Override
  public LocalStack openStack(StackOptions options) throws MachineException {
    throw new MachineException("Cannot start: " + REASON);
  }

  @Override
  public Optional<LocalStack> attachStack(Path state) {
    return Optional.empty();
  }

  @Override
  public void runWorker(WorkerSettings settings) {
    workerOptions = new TreeMap<>(settings.options());
  }

  @Override
  public void export(ExportSettings settings, ExportListener listener) throws MachineException {
    throw new MachineException("Cannot export: " + REASON);
  }

  @Override
  public ModelReport inspectModel(Path folder) {
    return new ModelReport(
        "ab".repeat(32),
        "StableDiffusionPipeline",
        "Stable Diffusion 1.x or 2.x",
        "DDIMScheduler",
        List.of("ddim", "euler"),
        8,
        256,
        256,
        1024,
        2048L,
        List.of(
            new ModelReport.Part(
                "unet",
                "float32",
                1024,
                "cd".repeat(32),
                List.of("sample float32 [batch, 4, h, w]"),
                List.of("out_sample float32 [batch, 4, h, w]"),
                List.of("takes sizes that do not halve evenly"))));
  }

  @Override
  public byte[] filmstrip(WorkerSettings settings, byte[] job, int index, int frames) {
    throw new UnsupportedOperationException("No engine here");
  }

  @Override
  public PictureAgain verify(WorkerSettings settings, VerifyTask task) {
    throw new UnsupportedOperationException("No engine here");
  }

  @Override
  public void verify(WorkerSettings settings, String tasks, String verdicts) {
    throw new UnsupportedOperationException("No engine here");
  }

  /** The faster form of the bare loop makes 1 picture a second at first, and 2 from then on. */
  @Override
  public BenchReport bench(BenchOptions options, BenchListener listener) {
    listener.begins("engine alone", 10);
    listener.made(10);
    Slice slow = new Slice(new Timing(10, 20), new Timing(10, 10));
    Slice fast = new Slice(new Timing(10, 10), new Timing(10, 5));
    boolean bare = options.sections().contains(BenchSection.BARE);
    boolean pipeline = options.sections().contains(BenchSection.PIPELINE);
    return new BenchReport(
        Instant.parse("2026-11-23T12:00:00Z"),
        Map.of("cpu", "A Processor With a Long Name 9000", "cores", "2", "java", "17.0.15+6"),
        Map.of("onnxruntime", "1.28.0"),
        256,
        256,
        bare ? new BareLoop(4, List.of(slow, fast, fast)) : null,
        new EngineAlone(new Timing(100, 80), 0.975, 0.99, bare ? List.of(slow, fast) : List.of()),
        pipeline ? new Pipeline(new Timing(100, 52.63157), 4.25, List.of(fast, fast)) : null,
        pipeline ? new Mixed(8, new Timing(40, 40), new Timing(40, 60), 0.98, 0.55) : null,
        pipeline ? new Stub(10_000, 1500, 2000, 8) : null,
        new Million(1_000_000, 1_000_000, 12_345.6, 90, 0, 1.25, 900 << 20),
        new Export(10_000, 1_500, 1_600, 64, 400 << 20),
        null,
        1 << 30);
  }

  @Override
  public List<Finding> doctor(StackOptions options) {
    return List.of(
        new Finding("memory", Finding.Level.OK, "16 GiB", ""),
        new Finding("disk", Finding.Level.PROBLEM, "1 GiB free", "free 4 GiB more"));
  }
}
