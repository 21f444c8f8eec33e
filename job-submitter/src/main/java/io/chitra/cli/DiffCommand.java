package io.chitra.cli;

import io.chitra.cli.diff.DatasetDiff;
import io.chitra.cli.diff.DiffSums;
import io.chitra.cli.diff.Pair;
import io.chitra.cli.diff.Pair.Pixels;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.SideBySide;
import io.chitra.cli.show.SideBySide.Couple;
import io.chitra.cli.show.Style;
import io.chitra.cli.show.TextTable;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.dataset.compare.Verdict.Change;
import io.chitra.schemas.ImageRecord;
import io.chitra.store.StoredSchemas;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code chitra diff}: two datasets, row by row. */
@Command(
    name = "diff",
    description = {
      "Compares two datasets row by row, by job and index: settings that differ, pixels (equal by"
          + " their hashes; PSNR and the distance of perceptual hashes otherwise), and pictures"
          + " that one of them alone has; in all, and by class.",
      "",
      "Exit code 1: some picture has no counterpart, or another one."
    },
    footer = {
      "  chitra diff first-look again",
      "  chitra diff animals animals-turbo --by-class species --out sheet.html",
      "  chitra diff animals animals-turbo --rows --json"
    })
final class DiffCommand implements Callable<Integer> {

  private static final int MOST_ON_SHEET = 32;
  private static final int MOST_SHOWN = 10;

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(index = "0", paramLabel = "DATASET", description = "The one.")
  private String one = "";

  @Parameters(index = "1", paramLabel = "OTHER", description = "The other.")
  private String other = "";

  @Option(
      names = "--by-class",
      paramLabel = "LABEL",
      order = 1,
      description = "Sums for each value of this label, too.")
  private @Nullable String label;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      order = 2,
      description =
          "A sheet of the pairs that differ most, side by side, up to 32: FILE.html or FILE.png.")
  private @Nullable Path out;

  @Option(
      names = "--rows",
      order = 3,
      description = "With --json: print one JSON object a pair before the sums.")
  private boolean everyRow;

  @Option(names = "--json", order = 4, description = "Print the sums as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (out != null && !SideBySide.isSheet(out)) {
      throw CliException.usage(
          "Cannot write a sheet to %s: its name ends with .html or .png".formatted(out));
    }
    if (everyRow && !json) {
      throw CliException.usage("Cannot print rows without --json: give it too");
    }
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    try (Backend backend = Backend.stores(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      try (DatasetRows left = rows(chitra, console, backend, one);
          DatasetRows right = rows(chitra, console, backend, other);
          DatasetDiff diff = new DatasetDiff(backend::picture);
          ScanProgress progress =
              new ScanProgress(console, InstantSource.system(), "Comparing", "rows")) {
        DiffSums sums = new DiffSums(label, out == null ? 0 : MOST_ON_SHEET);
        List<Pair> first = new ArrayList<>();
        diff.compare(left, right, receiver(console, sums, first), progress);
        progress.close();
        report(console, sums, first);
        if (out != null) {
          sheet(console, backend, sums, out);
        }
        DiffSums.Sums all = sums.all();
        return all.equal() == all.pairs() && all.onlyInOne() + all.onlyInOther() == 0
            ? ExitCode.OK
            : ExitCode.SOFTWARE;
      }
    }
  }

  private static DatasetRows rows(Chitra chitra, Console console, Backend backend, String dataset)
      throws Exception {
    try (ScanProgress progress =
        new ScanProgress(console, InstantSource.system(), "Reading", "records")) {
      DatasetRows rows =
          DatasetRows.read(
              backend.kafka(),
              new StoredSchemas(backend.objects()),
              dataset,
              job -> true,
              chitra.state().resolve("tmp"),
              progress);
      if (rows.size() == 0) {
        rows.close();
        throw CliException.failed(
            "Cannot compare dataset %s: it has no pictures; chitra status lists what there is"
                .formatted(dataset));
      }
      if (rows.census().open() > 0) {
        console.warn(
            "%s of dataset %s are not made yet"
                .formatted(Humans.count(rows.census().open(), "picture"), dataset));
      }
      return rows;
    }
  }

  private DatasetDiff.Receiver receiver(Console console, DiffSums sums, List<Pair> first) {
    return new DatasetDiff.Receiver() {
      @Override
      public void pair(Pair pair) {
        sums.pair(pair);
        if (everyRow) {
          console.print(json(pair));
        }
        if (first.size() < MOST_SHOWN && !(pair.pixels() instanceof Pixels.Equal)) {
          first.add(pair);
        }
      }

      @Override
      public void onlyInOne(ImageRecord record) {
        sums.onlyInOne(record);
      }

      @Override
      public void onlyInOther(ImageRecord record) {
        sums.onlyInOther(record);
      }
    };
  }

  private static Map<String, @Nullable Object> json(Pair pair) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("job_id", pair.job());
    json.put("image_index", pair.index());
    json.put("settings", json(pair.settings()));
    json.put("environment", json(pair.environment()));
    if (pair.pixels() instanceof Pixels.Different different) {
      json.put("pixels", "different");
      json.put("psnr", different.psnr());
      json.put("hash_distance", different.hashDistance());
    } else if (pair.pixels() instanceof Pixels.Unknown unknown) {
      json.put("pixels", "unknown");
      json.put("why", unknown.why());
    } else {
      json.put("pixels", "equal");
    }
    return json;
  }

  private static Map<String, Map<String, @Nullable Object>> json(
      SortedMap<String, Change> changes) {
    Map<String, Map<String, @Nullable Object>> json = new LinkedHashMap<>();
    changes.forEach(
        (name, change) -> {
          Map<String, @Nullable Object> both = new LinkedHashMap<>();
          both.put("one", change.then());
          both.put("other", change.now());
          json.put(name, both);
        });
    return json;
  }

  private void report(Console console, DiffSums sums, List<Pair> first) {
    if (json) {
      Map<String, @Nullable Object> report = new LinkedHashMap<>();
      report.put("one", one);
      report.put("other", other);
      report.putAll(sums.all().json());
      if (label != null) {
        Map<String, Object> classes = new LinkedHashMap<>();
        sums.classes().forEach((name, of) -> classes.put(name, of.json()));
        report.put("classes", classes);
      }
      console.print(report);
      return;
    }
    TextTable table =
        new TextTable(
            label == null ? "" : label,
            "pairs",
            "equal",
            "different",
            "unknown",
            "only in one",
            "only in other",
            "PSNR",
            "least",
            "pHash",
            "most");
    sums.classes().forEach((name, of) -> row(table, name, of));
    row(table, "all", sums.all());
    console.print(table);
    told(console, "Settings that differ", sums.all().settings());
    told(console, "Environments that differ", sums.all().environment());
    for (Pair pair : first) {
      console
          .out()
          .println(
              Style.FAINT.on(console.outScreen(), "  %s/%d  ".formatted(pair.job(), pair.index()))
                  + text(pair));
    }
    long left = sums.all().different() + sums.all().unknown() - first.size();
    if (left > 0) {
      console.say("... and %s more; --json --rows has all".formatted(Humans.count(left)));
    }
  }

  private static void row(TextTable table, String name, DiffSums.Sums sums) {
    Integer most = sums.mostHashDistance();
    table.row(
        name,
        sums.pairs(),
        sums.equal(),
        sums.different(),
        sums.unknown(),
        sums.onlyInOne(),
        sums.onlyInOther(),
        number(sums.meanPsnr(), " dB"),
        number(sums.leastPsnr(), " dB"),
        number(sums.meanHashDistance(), ""),
        most == null ? "" : most.toString());
  }

  private static String number(@Nullable Double number, String unit) {
    return number == null ? "" : String.format(Locale.ROOT, "%.1f%s", number, unit);
  }

  private static void told(Console console, String what, Map<String, Long> counts) {
    if (!counts.isEmpty()) {
      console
          .out()
          .println(
              counts.entrySet().stream()
                  .map(count -> count.getKey() + " (" + Humans.count(count.getValue()) + ")")
                  .collect(Collectors.joining(", ", what + ": ", "")));
    }
  }

  private static String text(Pair pair) {
    List<String> words = new ArrayList<>();
    if (pair.pixels() instanceof Pixels.Different different) {
      words.add(
          different.psnr() == null ? "not of one size" : "PSNR " + number(different.psnr(), " dB"));
      words.add("pHash %d bits".formatted(different.hashDistance()));
    } else if (pair.pixels() instanceof Pixels.Unknown unknown) {
      words.add("cannot be compared: " + unknown.why());
    } else {
      words.add("equal pixels");
    }
    words.addAll(pair.settings().keySet());
    return String.join(", ", words);
  }

  private void sheet(Console console, Backend backend, DiffSums sums, Path file)
      throws IOException {
    List<Couple> couples = new ArrayList<>();
    for (Pair pair : sums.mostDifferent()) {
      try {
        couples.add(
            new Couple(
                pair.job() + "/" + pair.index(),
                text(pair),
                backend.picture(pair.one().getObjectKey()).join(),
                backend.picture(pair.other().getObjectKey()).join()));
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException failure ? failure : e;
      }
    }
    SideBySide.write(one, other, couples, file);
    console.say("Side by side: " + file);
  }
}
