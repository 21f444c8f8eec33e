package io.chitra.cli;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.ModelReport;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.TextTable;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code chitra models}: looks at models, and puts them where workers find them. */
@Command(
    name = "models",
    description = "Looks at a model's folder, or puts it into the store under its digest.",
    footer = {"  chitra models inspect sd15-onnx", "  chitra models push sd15-onnx"},
    subcommands = {ModelsCommand.Inspect.class, ModelsCommand.Push.class})
final class ModelsCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "Cannot tell what to do: inspect or push");
  }

  private Chitra chitra() {
    return Objects.requireNonNull(chitra);
  }

  /** {@code chitra models inspect}. */
  @Command(
      name = "inspect",
      description = "Opens a model with the engine and tells its parts, tensors, and sizes.",
      footer = "  chitra models inspect sd15-onnx --json")
  static final class Inspect implements Callable<Integer> {

    @ParentCommand private @Nullable ModelsCommand models;

    @Parameters(paramLabel = "DIR", description = "The model's folder, as optimum exports it.")
    private Path folder = Path.of("");

    @Option(names = "--json", order = 1, description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Console console = Objects.requireNonNull(models).chitra().console();
      ModelReport report = LocalMachine.provider().inspectModel(folder.toAbsolutePath());
      if (json) {
        console.print(json(report));
      } else {
        print(console, report);
      }
      return ExitCode.OK;
    }

    private static void print(Console console, ModelReport report) {
      Long resident = report.residentBytes();
      console.printUncut(
          new TextTable()
              .row("digest", report.digest())
              .row("pipeline", report.pipeline())
              .row("layout", report.layout())
              .row("scheduler", report.scheduler())
              .row("schedulers", String.join(" ", report.schedulers()))
              .row("size", report.width() + " x " + report.height())
              .row("multiples of", String.valueOf(report.sizeFactor()))
              .row("bytes", Humans.bytes(report.bytes()))
              .row("memory", resident == null ? "not known" : Humans.bytes(resident)));
      for (ModelReport.Part part : report.parts()) {
        console.out().println();
        console
            .out()
            .println(
                "%s (%s, %s, sha256 %s)"
                    .formatted(
                        part.name(), part.precision(), Humans.bytes(part.bytes()), part.sha256()));
        part.inputs().forEach(input -> console.out().println("  in   " + input));
        part.outputs().forEach(output -> console.out().println("  out  " + output));
        part.notes().forEach(note -> console.out().println("       " + note));
      }
    }

    private static Map<String, Object> json(ModelReport report) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("digest", report.digest());
      json.put("pipeline", report.pipeline());
      json.put("layout", report.layout());
      json.put("scheduler", report.scheduler());
      json.put("schedulers", report.schedulers());
      json.put("size_factor", report.sizeFactor());
      json.put("width", report.width());
      json.put("height", report.height());
      json.put("bytes", report.bytes());
      json.put("resident_bytes", report.residentBytes());
      json.put("parts", report.parts().stream().map(Inspect::json).toList());
      return json;
    }

    private static Map<String, Object> json(ModelReport.Part part) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", part.name());
      json.put("precision", part.precision());
      json.put("bytes", part.bytes());
      json.put("sha256", part.sha256());
      json.put("inputs", List.copyOf(part.inputs()));
      json.put("outputs", List.copyOf(part.outputs()));
      json.put("notes", List.copyOf(part.notes()));
      return json;
    }
  }

  /** {@code chitra models push}. */
  @Command(
      name = "push",
      description =
          "Puts a model into the store of the stack here, or with --s3 into another, and prints its"
              + " digest; jobs name it by that.",
      footer = "  chitra models push sd15-onnx --s3 http://minio:9000 --bucket pictures")
  static final class Push implements Callable<Integer> {

    @ParentCommand private @Nullable ModelsCommand models;
    @Mixin private PortOptions ports = new PortOptions();
    @Mixin private StoreOptions store = new StoreOptions();

    @Parameters(paramLabel = "DIR", description = "The model's folder.")
    private Path folder = Path.of("");

    @Option(names = "--json", order = 1, description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Chitra chitra = Objects.requireNonNull(models).chitra();
      if (store.given()) {
        try (ObjectStore objects = S3ObjectStore.open(store.config())) {
          push(chitra, objects);
        }
      } else {
        try (Backend backend = Backend.local(chitra, ports)) {
          push(chitra, backend.objects());
        }
      }
      return ExitCode.OK;
    }

    private void push(Chitra chitra, ObjectStore objects) throws Exception {
      Console console = chitra.console();
      ModelRepository repository =
          new ModelRepository(objects, chitra.state().resolve("model-cache"), Long.MAX_VALUE);
      String digest = new ModelPush(console, repository).push(folder);
      if (json) {
        console.print(Map.of("digest", digest));
      } else {
        console.out().println(digest);
      }
    }
  }
}
