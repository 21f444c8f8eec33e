package io.chitra.cli;

import io.chitra.cli.machine.Finding;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.ModelReport;
import io.chitra.cli.machine.StackOptions;
import io.chitra.cli.machine.WorkerSettings;
import java.nio.file.Path;
import java.util.List;
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
  public void runWorker(WorkerSettings settings) {
    workerOptions = new TreeMap<>(settings.options());
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
  public List<Finding> doctor(StackOptions options) {
    return List.of(
        new Finding("memory", Finding.Level.OK, "16 GiB", ""),
        new Finding("disk", Finding.Level.PROBLEM, "1 GiB free", "free 4 GiB more"));
  }
}
