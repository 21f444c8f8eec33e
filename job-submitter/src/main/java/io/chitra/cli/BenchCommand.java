package io.chitra.cli;

import io.chitra.cli.machine.BenchListener;
import io.chitra.cli.machine.BenchOptions;
import io.chitra.cli.machine.BenchReport;
import io.chitra.cli.machine.BenchSection;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.show.Progress;
import io.chitra.starter.StarterModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra bench}: how fast this machine renders, beside what it could do at best. */
@Command(
    name = "bench",
    description =
        "Measures pictures a second of ONNX Runtime alone, of the engine, and of the whole"
            + " pipeline, on this machine. Takes minutes; nothing else should run meanwhile.",
    footer = {
      "  chitra bench",
      "  chitra bench --only bare,engine --pictures 100 --json",
      "  chitra bench --only mixed --model sd15-onnx --size 256"
    })
final class BenchCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      order = 1,
      description = "Measure these alone: ${COMPLETION-CANDIDATES} (default: all but million).")
  private Set<BenchSection> sections = EnumSet.complementOf(EnumSet.of(BenchSection.MILLION));

  @Option(
      names = "--pictures",
      paramLabel = "N",
      defaultValue = "40",
      order = 2,
      description =
          "Pictures that engine and pipeline make, each (default: ${DEFAULT-VALUE}); the more, the"
              + " steadier the figures.")
  private int pictures;

  @Option(
      names = "--stub-pictures",
      paramLabel = "N",
      defaultValue = "10000",
      order = 3,
      description =
          "Pictures that the pipeline makes where nothing is rendered, and that are exported"
              + " (default: ${DEFAULT-VALUE}).")
  private int stubPictures;

  @Option(
      names = "--stub-bytes",
      paramLabel = "N",
      defaultValue = "4096",
      order = 4,
      description = "How large the file of each of these is (default: ${DEFAULT-VALUE}).")
  private int stubBytes;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      order = 10,
      description = "Model to measure with (default: the starter model in the box).")
  private @Nullable Path model;

  @Option(
      names = {"--num-inference-steps", "--steps"},
      paramLabel = "N",
      defaultValue = "20",
      order = 11,
      description = "Denoising steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = {"--guidance-scale", "--guidance"},
      paramLabel = "X",
      defaultValue = "4",
      order = 12,
      description = "Guidance; 1 is none (default: ${DEFAULT-VALUE}).")
  private double guidance;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      order = 13,
      description = "Width and height (default: the model's own).")
  private @Nullable Integer size;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "4",
      order = 14,
      description = "Rows of the UNet's batch of engine and pipeline (default: ${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cpu",
      order = 15,
      description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device = "cpu";

  @Option(names = "--json", order = 20, description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    BenchOptions options = options(chitra);
    BenchReport report;
    try (Shown shown = new Shown(console)) {
      report = LocalMachine.provider().bench(options, shown);
    }
    BenchSummary summary = new BenchSummary(options, report);
    if (json) {
      console.print(summary.json());
    } else {
      summary.print(console);
    }
    return ExitCode.OK;
  }

  private BenchOptions options(Chitra chitra) throws CliException, IOException {
    if (model != null && !Files.isDirectory(model)) {
      throw CliException.usage("Cannot measure with model %s: it is no folder".formatted(model));
    }
    Path folder =
        model == null
            ? StarterModel.unpack(chitra.state().resolve("starter-model"))
            : model.toAbsolutePath().normalize();
    try {
      return new BenchOptions(
          sections, folder, pictures, stubPictures, stubBytes, steps, size, guidance, rows, device);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e);
    }
  }

  /** The measurement that goes on, with its progress. */
  private static final class Shown implements BenchListener, AutoCloseable {
    private final Console console;
    private @Nullable Progress progress;

    Shown(Console console) {
      this.console = console;
    }

    @Override
    public void begins(String what, long pictures) {
      close();
      console.say("Measuring: " + what);
      progress =
          Progress.start(
              console.errScreen(), console.err(), InstantSource.system(), "pictures", pictures);
    }

    @Override
    public void made(long pictures) {
      if (progress != null) {
        progress.update(pictures, "");
      }
    }

    @Override
    public void close() {
      if (progress != null) {
        progress.close();
        progress = null;
      }
    }
  }
}
