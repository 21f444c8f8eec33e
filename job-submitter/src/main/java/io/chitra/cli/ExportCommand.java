package io.chitra.cli;

import io.chitra.cli.export.Again;
import io.chitra.cli.export.Export;
import io.chitra.cli.export.Export.Permission;
import io.chitra.cli.export.Export.Step;
import io.chitra.cli.export.ExportException;
import io.chitra.cli.lineage.Amount;
import io.chitra.cli.lineage.LineageDataset;
import io.chitra.cli.lineage.LineageRun;
import io.chitra.cli.machine.ExportSettings;
import io.chitra.cli.machine.ExportSettings.Stage;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Progress;
import io.chitra.cli.show.TextTable;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.Recode;
import io.chitra.dataset.plan.ExportRequest;
import io.chitra.dataset.plan.Pieces;
import io.chitra.dataset.plan.Plan;
import io.chitra.dataset.plan.ShardSettings;
import io.chitra.dataset.plan.SplitSettings;
import io.chitra.dataset.plan.SplitSettings.Unit;
import io.chitra.dataset.publish.Manifest;
import io.chitra.dataset.target.Target;
import io.chitra.dataset.target.Targets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra export}: a dataset as others read it. */
@Command(
    name = "export",
    description = {
      "Packs a dataset in a form that other tools read, to a folder or to S3: its pictures with all"
          + " that is known of them, a manifest with every file's SHA-256, a card, and Croissant"
          + " metadata. The same rows and options give the same bytes.",
      "",
      "A version is published whole or not at all: its manifest.json comes last. An export that was"
          + " stopped goes on where it was when the same command is run again."
    },
    footer = {
      "  chitra export --dataset animals --format webdataset --to animals-wds",
      "  chitra export --dataset animals --format imagefolder --class-label species --jpeg 92 \\",
      "      --split train=0.8,validation=0.1,test=0.1 --stratify species --keep-jobs-together \\",
      "      --to s3://datasets/animals",
      "  chitra export --dataset animals --format parquet --drop exact-duplicate --to animals-hf"
    })
final class ExportCommand implements Callable<Integer> {

  private static final Pattern BYTES =
      Pattern.compile("(\\d{1,15})\\s*([kmgt]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);

  /** By their powers of 1024. */
  private static final List<String> UNITS = List.of("", "k", "m", "g", "t");

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();
  @Mixin private GateOptions gates = new GateOptions();
  @Mixin private LineageOptions lineage = new LineageOptions();

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      required = true,
      order = 1,
      description = "The dataset.")
  private String dataset = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      order = 2,
      description = {
        "webdataset: tar files, with img2dataset's names.",
        "imagefolder: picture files, as Hugging Face and torchvision read them.",
        "parquet: pictures inside Parquet files, as Hugging Face's Image.",
        "metadata: Parquet files without the pictures."
      })
  private PackFormat format = PackFormat.METADATA;

  @Option(
      names = "--to",
      paramLabel = "DIR|s3://BUCKET/PREFIX",
      required = true,
      order = 3,
      description = "An empty place, in the store that the pictures are in or here.")
  private String to = "";

  @Option(
      names = "--class-label",
      paramLabel = "LABEL",
      order = 4,
      description =
          "The label that is a picture's class: the label column, the category of boxes, the"
              + " folders of an imagefolder.")
  private @Nullable String classLabel;

  @Option(
      names = "--split",
      paramLabel = "NAME=SHARE,...",
      order = 5,
      description = "Split the dataset, as train=0.8,validation=0.1,test=0.1 (default: one piece).")
  private @Nullable String split;

  @Option(
      names = "--stratify",
      paramLabel = "LABEL",
      order = 6,
      description = "Spread the values of this label evenly over the splits.")
  private @Nullable String stratify;

  @Option(
      names = "--keep-jobs-together",
      order = 7,
      description = "Never put pictures of one job into two splits.")
  private boolean keepJobsTogether;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      order = 8,
      description = "Seed of the splits (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--shuffle",
      paramLabel = "SEED",
      order = 9,
      description = "Shuffle the pictures with this seed (default: by job id and index).")
  private @Nullable Long shuffle;

  @Option(
      names = "--jpeg",
      paramLabel = "QUALITY",
      order = 10,
      description = "Make all pictures JPEG files of this quality, 1 to 100.")
  private @Nullable Integer jpeg;

  @Option(
      names = "--resize",
      paramLabel = "PIXELS",
      order = 11,
      description = "Make pictures smaller whose longer side has more pixels.")
  private @Nullable Integer resize;

  @Option(
      names = "--shard-rows",
      paramLabel = "N",
      order = 12,
      description =
          "Pictures a shard, at most (default, and most: 10000; 9000 of an imagefolder, whose"
              + " shards are folders, and Hugging Face's hub takes less than 10000 files in one).")
  private @Nullable Integer shardRows;

  @Option(
      names = "--shard-bytes",
      paramLabel = "SIZE",
      defaultValue = "512MiB",
      order = 13,
      description =
          "Bytes of a shard's pictures as they are stored, at most (default: ${DEFAULT-VALUE}).")
  private String shardBytes = "";

  @Option(
      names = "--partial",
      order = 14,
      description = "Leave out pictures that have not ended yet, instead of refusing.")
  private boolean partial;

  @Option(
      names = "--replace",
      order = 15,
      description = "Replace another version that is published there, or an unfinished one.")
  private boolean replace;

  @Option(
      names = "--plan-only",
      order = 16,
      description =
          "Only write what a Flink cluster is to do, and say how it is started; the same command"
              + " without this publishes what it has done.")
  private boolean planOnly;

  @Option(names = "--json", order = 17, description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    return lineage.lineage().recorded("export", "Packs a dataset for other tools", this::export);
  }

  private int export(LineageRun run) throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    ExportRequest request = request();
    try (Backend backend = Backend.stores(chitra, ports, kafka, store);
        Target target = target(backend);
        Scratch scratch = Scratch.in(chitra.state().resolve("export"));
        Told told = new Told(chitra.console(), options(backend, target, scratch.folder()))) {
      backend.kafka().awaitTopics(backend.topicPatience());
      LineageDataset packed = LineageDataset.at(target.toString(), "A dataset for other tools");
      run.about(dataset).reads(new LineagePlaces(backend).dataset(dataset)).writes(packed).begun();
      Export.Outcome outcome =
          new Export(
                  request,
                  new Export.Options(
                      Version.program(), permissions(), planOnly ? Step.PLAN : Step.PUBLISH),
                  target,
                  backend.kafka(),
                  backend.objects(),
                  scratch.folder(),
                  told)
              .run();
      told.close();
      if (outcome instanceof Export.Outcome.Published published) {
        Manifest manifest = published.manifest();
        run.writes(packed, new Amount(manifest.rows(), manifest.bytes(), null));
      }
      print(chitra.console(), target, onCluster(backend, target), outcome);
      return ExitCode.OK;
    }
  }

  private ExportRequest request() throws CliException {
    try {
      return new ExportRequest(
          dataset,
          format,
          classLabel,
          jpeg == null && resize == null ? null : new Recode(resize, jpeg),
          splits(),
          shuffle,
          new ShardSettings(shardRows == null ? format.mostRows() : shardRows, bytes(shardBytes)),
          gates.settings().orElse(null));
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e);
    }
  }

  private SplitSettings splits() {
    if (split == null && (keepJobsTogether || stratify != null)) {
      throw new IllegalArgumentException(
          "Cannot use --%s alone: it is about splits, so name them with --split"
              .formatted(stratify != null ? "stratify" : "keep-jobs-together"));
    }
    return new SplitSettings(
        split == null ? List.of() : SplitSettings.parse(split),
        stratify,
        keepJobsTogether ? Unit.JOB : Unit.PICTURE,
        seed);
  }

  /** {@code 512MiB}, {@code 2G}, {@code 1000000}: powers of 1024. */
  static long bytes(String text) {
    Matcher matcher = BYTES.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "Cannot read the size '%s': 512MiB or 2G would be right".formatted(text));
    }
    int power = UNITS.indexOf(matcher.group(2).toLowerCase(Locale.ROOT));
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * power));
  }

  private Set<Permission> permissions() {
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    if (partial) {
      permissions.add(Permission.PARTIAL);
    }
    if (replace) {
      permissions.add(Permission.REPLACE);
    }
    return permissions;
  }

  private Target target(Backend backend) throws Exception {
    try {
      return Targets.open(to, backend.storeConfig());
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e);
    }
  }

  private static Map<String, String> options(Backend backend, Target target, Path scratch) {
    Map<String, String> options = new LinkedHashMap<>(backend.storeOptions());
    options.put("chitra.export.target", target.toString());
    options.put("chitra.export.directory", scratch.toString());
    return options;
  }

  private static Map<String, String> onCluster(Backend backend, Target target) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("chitra.export.target", target.toString());
    options.putAll(new TreeMap<>(backend.storeOptions()));
    return options;
  }

  private void print(
      Console console, Target target, Map<String, String> cluster, Export.Outcome outcome) {
    if (outcome instanceof Export.Outcome.Published published) {
      print(console, target, published.manifest(), published.how());
    } else if (outcome instanceof Export.Outcome.Planned planned) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("outcome", "planned");
      facts.put("dataset", dataset);
      facts.put("target", target.toString());
      facts.put("pictures", planned.pictures());
      facts.put("tasks", planned.tasks());
      if (json) {
        console.print(facts);
      } else {
        console.say(
            "Planned: %s in %s at %s"
                .formatted(
                    Humans.count(planned.pictures(), "picture"),
                    Humans.count(planned.tasks(), "task"),
                    target));
        console.out().println(FlinkRun.line("ExportMain", cluster));
      }
    }
  }

  private void print(Console console, Target target, Manifest manifest, Export.How how) {
    if (json) {
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("outcome", how.name().toLowerCase(Locale.ROOT));
      facts.put("dataset", manifest.facts().dataset());
      facts.put("format", Again.name(manifest.settings().format()));
      facts.put("target", target.toString());
      facts.put("pictures", manifest.rows());
      facts.put("splits", manifest.splits());
      facts.put("shards", manifest.shards());
      facts.put("bytes", manifest.bytes());
      facts.put("failed", manifest.facts().pictures().failed());
      facts.put("cancelled", manifest.facts().pictures().cancelled());
      facts.put("open", manifest.facts().pictures().open());
      facts.put("dropped", manifest.facts().pictures().dropped());
      facts.put("checksums", manifest.checksums());
      console.print(facts);
      return;
    }
    TextTable table = new TextTable();
    table.row("dataset", manifest.facts().dataset());
    table.row("format", Again.name(manifest.settings().format()));
    table.row("pictures", Humans.count(manifest.rows()));
    manifest.splits().forEach((name, rows) -> table.row("  " + name, Humans.count(rows)));
    manifest
        .facts()
        .pictures()
        .dropped()
        .forEach((gate, count) -> table.row("  left out by " + gate, Humans.count(count)));
    table.row("shards", Humans.count(manifest.shards()));
    table.row("size", Humans.bytes(manifest.bytes()));
    table.row("SHA-256 of SHA256SUMS", manifest.checksums());
    console.printUncut(table);
    console.say(
        how == Export.How.FOUND
            ? "This version is published already: " + target
            : "Published: " + target);
  }

  /** Shows what goes on, and has this machine do what is heavy. */
  private static final class Told implements Export.Listener, AutoCloseable {
    private final Console console;
    private final Map<String, String> options;
    private @Nullable ScanProgress scan;
    private String task = "";

    Told(Console console, Map<String, String> options) {
      this.console = console;
      this.options = options;
    }

    @Override
    public void read(long done, long of) {
      step("Reading", "records").read(done, of);
    }

    @Override
    public void planned(long rows, long of) {
      step("Planning", "pictures").read(rows, of);
    }

    private ScanProgress step(String next, String things) {
      if (scan == null || !task.equals(next)) {
        close();
        task = next;
        scan = new ScanProgress(console, InstantSource.system(), next, things);
      }
      return scan;
    }

    @Override
    public void look(Pieces pieces) throws ExportException, InterruptedException {
      run(Stage.LOOK, "Looking", pieces.rows());
    }

    @Override
    public void pack(Plan plan) throws ExportException, InterruptedException {
      run(Stage.PACK, "Packing", plan.rows());
    }

    private void run(Stage stage, String doing, long pictures)
        throws ExportException, InterruptedException {
      close();
      try (Progress progress =
          Progress.start(
              console.errScreen(),
              console.err(),
              InstantSource.system(),
              doing,
              "pictures",
              pictures)) {
        LocalMachine.provider()
            .export(
                new ExportSettings(stage, options),
                (done, bytes) -> progress.update(done, Humans.bytes(bytes)));
      } catch (MachineException e) {
        throw new ExportException(String.valueOf(e.getMessage()), e);
      }
    }

    @Override
    public void close() {
      if (scan != null) {
        scan.close();
        scan = null;
      }
    }
  }
}
