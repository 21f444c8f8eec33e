package io.chitra.cli;

import io.chitra.cli.show.Failures;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.TextTable;
import io.chitra.cli.status.Tally;
import io.chitra.cli.status.TopicSums;
import io.chitra.store.StoredSchemas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra status}: what was asked for and what has come of it, from the topics. */
@Command(
    name = "status",
    description =
        "Sums up the topics: how many pictures were asked for, made, reused, failed, and are open,"
            + " by dataset; with --dataset or --job by job. Starts a stack where none runs.",
    footer = {
      "  chitra status",
      "  chitra status --dataset first-look",
      "  chitra status --kafka broker:9092 --s3 http://minio:9000 --json"
    })
final class StatusCommand implements Callable<Integer> {

  private static final int MOST_ROWS = 100;

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Option(names = "--dataset", paramLabel = "NAME", order = 1, description = "Only this dataset.")
  private @Nullable String dataset;

  @Option(names = "--job", paramLabel = "ID", order = 2, description = "Only jobs of this id.")
  private @Nullable String job;

  @Option(names = "--json", order = 3, description = "Print the sums as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    Failures failures = new Failures();
    Tally.Selection selection =
        new Tally.Selection(Optional.ofNullable(dataset), Optional.ofNullable(job));
    Tally tally = new Tally(selection, failures::add);
    try (Backend backend = Backend.open(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      new TopicSums(backend.kafka(), new StoredSchemas(backend.objects())).addTo(tally);
    }
    if (json) {
      console.print(json(selection, tally, failures));
    } else {
      print(console, selection, tally, failures);
    }
    return ExitCode.OK;
  }

  private static void print(
      Console console, Tally.Selection selection, Tally tally, Failures failures) {
    if (tally.counts().isEmpty()) {
      console.say("Nothing was asked for yet");
      return;
    }
    TextTable table =
        selection.byJob()
            ? new TextTable(
                "dataset", "job", "sent", "asked", "rendered", "reused", "failed", "open")
            : new TextTable("dataset", "jobs", "asked", "rendered", "reused", "failed", "open");
    int rows = 0;
    for (Map.Entry<Tally.Key, Tally.Counts> entry : tally.counts().entrySet()) {
      if (rows++ == MOST_ROWS) {
        break;
      }
      table.row(cells(selection, entry.getKey(), entry.getValue()));
    }
    console.print(table);
    if (tally.counts().size() > MOST_ROWS) {
      console.say(
          "... and %s more; --json has all"
              .formatted(Humans.count(tally.counts().size() - MOST_ROWS)));
    }
    failures.lines(console.outScreen()).forEach(console.out()::println);
  }

  private static Object[] cells(Tally.Selection selection, Tally.Key key, Tally.Counts counts) {
    List<Object> cells = new ArrayList<>();
    cells.add(key.dataset());
    if (selection.byJob()) {
      cells.add(key.job());
    }
    cells.add(counts.submissions());
    cells.add(counts.asked());
    cells.add(counts.rendered());
    cells.add(counts.reused());
    cells.add(counts.failed());
    cells.add(counts.open());
    return cells.toArray();
  }

  private static Map<String, Object> json(
      Tally.Selection selection, Tally tally, Failures failures) {
    List<Map<String, Object>> sums = new ArrayList<>();
    tally
        .counts()
        .forEach(
            (key, counts) -> {
              Map<String, Object> sum = new LinkedHashMap<>();
              sum.put("dataset", key.dataset());
              if (selection.byJob()) {
                sum.put("job_id", key.job());
              }
              sum.put("submissions", counts.submissions());
              sum.put("asked", counts.asked());
              sum.put("rendered", counts.rendered());
              sum.put("reused", counts.reused());
              sum.put("failed", counts.failed());
              sum.put("open", counts.open());
              sums.add(sum);
            });
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(selection.byJob() ? "jobs" : "datasets", sums);
    json.put("failures", failures.json());
    return json;
  }
}
