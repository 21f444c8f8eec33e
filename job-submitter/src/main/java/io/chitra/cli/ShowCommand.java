package io.chitra.cli;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.PictureAgain;
import io.chitra.cli.machine.WorkerSettings;
import io.chitra.cli.show.Style;
import io.chitra.cli.show.TextTable;
import io.chitra.cli.status.JobSearch;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.topics.Place;
import io.chitra.cli.verify.Findings;
import io.chitra.cli.verify.Verification;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.compare.Verdict.Outcome;
import io.chitra.dataset.compare.VerifyTask;
import io.chitra.schemas.ImageRecord;
import io.chitra.store.NoSuchObjectException;
import io.chitra.store.StoredSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code chitra show}: one picture of a dataset. */
@Command(
    name = "show",
    description = {
      "Prints the record of one picture of a dataset and writes the picture. With --render, renders"
          + " it once more, here, and says whether it is the same (exit code 1: it is not). With"
          + " --steps, shows how it came instead: the latents along the way decoded, from noise to"
          + " result, as one strip. Puts nothing into the store."
    },
    footer = {
      "  chitra show first-look --job apple",
      "  chitra show animals --job cat-7 --index 3 --render",
      "  chitra show animals --job cat-7 --index 3 --steps 12 --out cat.png"
    })
final class ShowCommand implements Callable<Integer> {

  private static final int MOST_FRAMES = 100;

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(paramLabel = "DATASET", description = "The dataset that the picture is in.")
  private String dataset = "";

  @Option(
      names = "--job",
      paramLabel = "ID",
      required = true,
      order = 1,
      description = "The picture's job.")
  private String job = "";

  @Option(
      names = "--index",
      paramLabel = "N",
      order = 2,
      description = "The picture's index within its job (default: 0).")
  private int index;

  @Option(
      names = "--render",
      order = 3,
      description = "Render it again and compare; the new picture goes beside the stored one.")
  private boolean render;

  @Option(
      names = "--steps",
      paramLabel = "FRAMES",
      arity = "0..1",
      fallbackValue = "8",
      order = 4,
      description =
          "Show how it came; how many pictures the strip has, 2 to 100 (${FALLBACK-VALUE} unless"
              + " said).")
  private @Nullable Integer frames;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      order = 5,
      description =
          "Where the picture goes (default: <job>-<index>.png or .jpg), or the strip, a PNG file"
              + " (default: <job>-<index>-steps.png).")
  private @Nullable Path out;

  @Option(names = "--json", order = 6, description = "Print the record as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (frames != null && (frames < 2 || frames > MOST_FRAMES)) {
      throw CliException.usage(
          "Cannot show %d steps: 2 to %d would be right".formatted(frames, MOST_FRAMES));
    }
    if (frames != null && (render || json)) {
      throw CliException.usage("Cannot use --steps with --render or --json: leave one");
    }
    if (index < 0) {
      throw CliException.usage("Cannot show picture %d: indexes begin at 0".formatted(index));
    }
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    try (Backend backend = Backend.stores(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      if (frames != null) {
        strip(console, backend, frames);
        return ExitCode.OK;
      }
      return picture(chitra, console, backend);
    }
  }

  private void strip(Console console, Backend backend, int length) throws Exception {
    Path file = out == null ? Path.of("%s-%d-steps.png".formatted(job, index)) : out;
    byte[] found =
        new JobSearch(backend.kafka(), new StoredSchemas(backend.objects()))
            .newest(dataset, job)
            .orElseThrow(this::noSuchJob);
    byte[] strip =
        LocalMachine.provider()
            .filmstrip(new WorkerSettings(backend.storeOptions()), found, index, length);
    Files.write(file, strip);
    console.say("From noise to result: " + file);
  }

  private CliException noSuchJob() {
    return CliException.failed(
        "Cannot show job %s: dataset %s has no such job; chitra status --dataset %s lists its jobs"
            .formatted(job, dataset, dataset));
  }

  private int picture(Chitra chitra, Console console, Backend backend) throws Exception {
    DatasetRow row = row(chitra, console, backend);
    ImageRecord record = row.record();
    Map<String, @Nullable Object> shown = new LinkedHashMap<>(RecordJson.of(record));
    shown.put("result_partition", row.resultPartition());
    shown.put("result_offset", row.resultOffset());
    String extension = record.getContentType().equals("image/png") ? "png" : "jpg";
    Path file = out == null ? Path.of("%s-%d.%s".formatted(job, index, extension)) : out;
    Optional<byte[]> stored = stored(backend, record);
    if (stored.isPresent()) {
      Files.write(file, stored.get());
      shown.put("file", file.toString());
    }
    Findings.Finding finding = null;
    if (render) {
      Path again = again(file);
      PictureAgain made = again(chitra, backend, record);
      byte[] bytes = made.file();
      if (bytes != null) {
        Files.write(again, bytes);
        shown.put("file_again", again.toString());
      }
      finding = new Findings.Finding(job, index, made.verdict(), null);
      shown.put("verified", finding.json());
    }
    print(console, shown);
    if (finding != null && !json) {
      boolean equal = finding.verdict().outcome() == Outcome.EQUAL;
      console
          .out()
          .println(
              (equal ? Style.GOOD : Style.BAD)
                  .on(
                      console.outScreen(),
                      equal
                          ? "Rendered again, it is the same"
                          : "Rendered again, it is not the same: " + finding.text()));
    }
    if (stored.isEmpty()) {
      console.error(
          "There is no object s3://%s/%s; chitra fsck --repair makes it again"
              .formatted(record.getBucket(), record.getObjectKey()));
    }
    boolean good = finding == null || finding.verdict().outcome() == Outcome.EQUAL;
    return good && stored.isPresent() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private DatasetRow row(Chitra chitra, Console console, Backend backend) throws Exception {
    try (ScanProgress progress =
            new ScanProgress(console, InstantSource.system(), "Reading", "records");
        DatasetRows rows =
            DatasetRows.read(
                backend.kafka(),
                new StoredSchemas(backend.objects()),
                dataset,
                job::equals,
                chitra.state().resolve("tmp"),
                progress)) {
      for (long at = 0; at < rows.size(); at++) {
        DatasetRow row = rows.at(at);
        if (row.record().getImageIndex() == index) {
          return row;
        }
      }
      if (rows.census().jobs() == 0) {
        throw noSuchJob();
      }
      throw CliException.failed(
          "Cannot show picture %d of job %s: it has no such picture, or that has not been made; chitra status --dataset %s --job %s tells"
              .formatted(index, job, dataset, job));
    }
  }

  private static Optional<byte[]> stored(Backend backend, ImageRecord record) {
    try {
      return Optional.of(backend.picture(record.getObjectKey()).join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof NoSuchObjectException) {
        return Optional.empty();
      }
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  private PictureAgain again(Chitra chitra, Backend backend, ImageRecord record) throws Exception {
    VerifyTask task =
        Verification.task(backend.kafka(), record)
            .orElseThrow(
                () ->
                    CliException.failed(
                        "Cannot render picture %d of job %s again: the topic has no record %s any more"
                            .formatted(index, job, Place.of(record.getSubmission()))));
    Map<String, String> options = new LinkedHashMap<>(backend.storeOptions());
    options.put("chitra.model-cache.directory", chitra.state().resolve("model-cache").toString());
    return LocalMachine.provider().verify(new WorkerSettings(options), task);
  }

  /** Beside the stored one. */
  private static Path again(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return file.resolveSibling(
        dot < 0 ? name + "-again" : name.substring(0, dot) + "-again" + name.substring(dot));
  }

  private void print(Console console, Map<String, @Nullable Object> shown) {
    if (json) {
      console.print(shown);
      return;
    }
    TextTable table = new TextTable();
    shown.forEach(
        (name, value) -> {
          if (value != null && !name.equals("verified")) {
            table.row(name, String.valueOf(value));
          }
        });
    console.printUncut(table);
  }
}
