package io.chitra.cli;

import io.chitra.cli.report.Report;
import io.chitra.cli.report.ReportException;
import io.chitra.cli.report.ReportSettings;
import io.chitra.cli.show.Failures;
import io.chitra.cli.show.Humans;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.schemas.DeadLetter;
import io.chitra.store.StoredSchemas;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code chitra report}: a dataset on one page. */
@Command(
    name = "report",
    description = {
      "Makes one HTML page of a dataset: pictures by class, counts, histograms of brightness,"
          + " colour and prompt length, throughput, failures, duplicates, models and environments."
          + " The page needs no other file and no network. Where no stack runs here, broker and S3"
          + " are started without a worker.",
      "",
      "Counts are of all pictures; a large dataset's pictures are looked at in part, evenly picked."
          + " Exit code 1: pictures are missing in the store or are not what their records say."
    },
    footer = {
      "  chitra report first-look",
      "  chitra report animals --by species --out animals.html",
      "  chitra report catalogue --kafka broker:9092 --s3 http://minio:9000 --json"
    })
final class ReportCommand implements Callable<Integer> {

  private static final int MOST_LOOKS = 50_000;
  private static final int MOST_THUMBNAILS = 600;

  /** Beyond it, most pairs of pictures are near. */
  private static final int MOST_NEAR_BITS = 15;

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(paramLabel = "DATASET", description = "The dataset.")
  private String dataset = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      order = 1,
      description = "Where the page goes (default: <dataset>.html).")
  private @Nullable Path out;

  @Option(
      names = "--by",
      paramLabel = "LABEL",
      order = 2,
      description =
          "The label that sorts the pictures (default: class, label or category, else the first"
              + " label that has between 2 and 50 values).")
  private @Nullable String label;

  @Option(
      names = "--looks",
      paramLabel = "N",
      defaultValue = "10000",
      order = 3,
      description =
          "How many pictures are looked at, for histograms of looks and for near-duplicates"
              + " (default: ${DEFAULT-VALUE}).")
  private int looks;

  @Option(
      names = "--thumbnails",
      paramLabel = "N",
      defaultValue = "24",
      order = 4,
      description =
          "How many pictures of each class are shown, at most; 600 together (default:"
              + " ${DEFAULT-VALUE}).")
  private int thumbnails;

  @Option(
      names = "--near-duplicates",
      paramLabel = "BITS",
      defaultValue = "4",
      order = 5,
      description =
          "In how many of 64 bits the perceptual hashes (pHash) of pictures may differ that are"
              + " told as nearly equal, 0 to 15 (default: ${DEFAULT-VALUE}).")
  private int nearBits;

  @Option(names = "--json", order = 6, description = "Print what was found as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    check("--looks", looks, 0, MOST_LOOKS);
    check("--thumbnails", thumbnails, 1, MOST_THUMBNAILS);
    check("--near-duplicates", nearBits, 0, MOST_NEAR_BITS);
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    Path file = out == null ? Path.of(dataset + ".html") : out;
    Failures failures = new Failures();
    try (Backend backend = Backend.stores(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      try (DatasetRows rows = read(chitra, console, backend, failures)) {
        if (rows.census().jobs() == 0) {
          throw CliException.failed(
              "Cannot report on dataset %s: no job is in it; chitra status lists the datasets"
                  .formatted(dataset));
        }
        Report.Summary summary = write(console, backend, rows, failures, file);
        print(console, file, failures, summary);
        return summary.unseen().count() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
      }
    }
  }

  private static void check(String option, int value, int least, int most) throws CliException {
    if (value < least || value > most) {
      throw CliException.usage(
          "Cannot use %s %d: %d to %d would be right".formatted(option, value, least, most));
    }
  }

  private DatasetRows read(Chitra chitra, Console console, Backend backend, Failures failures)
      throws Exception {
    try (ScanProgress progress =
        new ScanProgress(console, InstantSource.system(), "Reading", "records")) {
      return DatasetRows.read(
          backend.kafka(),
          new StoredSchemas(backend.objects()),
          dataset,
          job -> true,
          chitra.state().resolve("tmp"),
          progress,
          (letter, pictures) -> failures.add(letter.getMessage(), example(letter), pictures));
    }
  }

  private static String example(DeadLetter letter) {
    Integer first = letter.getFirstIndex();
    String job = String.valueOf(letter.getJobId());
    return first == null ? job : job + "[" + first + "]";
  }

  private Report.Summary write(
      Console console, Backend backend, DatasetRows rows, Failures failures, Path file)
      throws IOException, InterruptedException, CliException {
    InstantSource clock = InstantSource.system();
    ReportSettings settings =
        new ReportSettings(
            dataset,
            Optional.ofNullable(label),
            looks,
            thumbnails,
            nearBits,
            Version.program(),
            clock.instant(),
            rows.ends());
    try (ScanProgress progress = new ScanProgress(console, clock, "Looking", "pictures")) {
      return new Report(settings, rows, rows.census(), failures, backend::picture, progress)
          .write(file);
    } catch (ReportException e) {
      throw CliException.usage(e);
    }
  }

  private void print(Console console, Path file, Failures failures, Report.Summary summary) {
    if (json) {
      console.print(json(file, failures, summary));
      return;
    }
    console.say(
        "%s of dataset %s on one page, %s: %s"
            .formatted(
                Humans.count(summary.census().made(), "picture"),
                dataset,
                Humans.bytes(summary.fileBytes()),
                file));
    if (summary.unseen().count() > 0) {
      console.error(
          "%s could not be shown; chitra fsck --dataset %s --deep finds all of them:"
              .formatted(Humans.count(summary.unseen().count(), "picture"), dataset));
      summary.unseen().lines(console.errScreen()).forEach(console::say);
    }
  }

  private Map<String, @Nullable Object> json(Path file, Failures failures, Report.Summary summary) {
    DatasetRows.Census census = summary.census();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("dataset", dataset);
    json.put("file", file.toAbsolutePath().normalize().toString());
    json.put("file_bytes", summary.fileBytes());
    json.put("jobs", census.jobs());
    json.put("asked", census.asked());
    json.put("made", census.made());
    json.put("failed", census.failed());
    json.put("cancelled", census.cancelled());
    json.put("open", census.open());
    json.put("classes", summary.classes());
    json.put("looked_at", summary.lookedAt());
    json.put("identical", summary.duplicates());
    json.put("near_duplicate_groups", summary.nearGroups());
    json.put("failures", failures.json());
    json.put("not_shown", summary.unseen().json());
    return json;
  }
}
