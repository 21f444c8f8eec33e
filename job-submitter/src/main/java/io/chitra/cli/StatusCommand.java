package io.chitra.cli;

import io.chitra.cli.show.Failures;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Style;
import io.chitra.cli.show.TextTable;
import io.chitra.cli.status.Standing;
import io.chitra.cli.status.Tally;
import io.chitra.cli.topics.Incidents;
import io.chitra.schemas.Incident;
import io.chitra.store.StoredSchemas;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
        "Tells how many pictures were asked for, made, reused, failed, cancelled, and are open, how"
            + " fast they end and how long the open ones take: by dataset; with --dataset or --job"
            + " by job. Where a job was sent more than once, the newest submission counts. Starts a"
            + " stack where none runs. Exit code 1: something was lost that chitra fsck --repair"
            + " asks for again.",
    footer = {
      "  chitra status",
      "  chitra status --dataset first-look --watch",
      "  chitra status --kafka broker:9092 --s3 http://minio:9000 --json"
    })
final class StatusCommand implements Callable<Integer> {

  private static final int MOST_ROWS = 100;
  private static final int MOST_INCIDENTS = 3;
  private static final Duration OWN_PATIENCE = Duration.ofSeconds(15);
  private static final Duration OTHER_PATIENCE = Duration.ofSeconds(3);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  /** A worker shows every few seconds that it runs. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";

  private final InstantSource clock = InstantSource.system();

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Option(names = "--dataset", paramLabel = "NAME", order = 1, description = "Only this dataset.")
  private @Nullable String dataset;

  @Option(names = "--job", paramLabel = "ID", order = 2, description = "Only jobs of this id.")
  private @Nullable String job;

  @Option(
      names = "--all",
      order = 3,
      description = "Count every submission of a job, not just the newest.")
  private boolean all;

  @Option(names = "--watch", order = 4, description = "Look again every two seconds, until Ctrl-C.")
  private boolean watch;

  @Option(names = "--json", order = 5, description = "Print the sums as one JSON object.")
  private boolean json;

  /** One look. */
  private record View(
      Tally tally,
      Failures failures,
      List<Incident> incidents,
      Optional<Instant> beat,
      long unsummed) {}

  @Override
  public Integer call() throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    Tally.Selection selection =
        new Tally.Selection(
            Optional.ofNullable(dataset),
            Optional.ofNullable(job),
            all ? Tally.Counting.ALL : Tally.Counting.NEWEST);
    try (Backend backend = Backend.open(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      StoredSchemas schemas = new StoredSchemas(backend.objects());
      Incidents incidents = new Incidents(backend.kafka(), schemas);
      try (Standing standing = Standing.open(backend.kafka(), schemas, clock)) {
        Duration patience = backend.onThisMachine() ? OWN_PATIENCE : OTHER_PATIENCE;
        while (true) {
          standing.look(patience);
          View view = view(selection, standing, incidents);
          print(console, selection, view);
          if (!watch) {
            return view.incidents().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
          }
          backend.check();
          Thread.sleep(BETWEEN_LOOKS.toMillis());
          patience = Duration.ZERO;
        }
      }
    }
  }

  private static View view(Tally.Selection selection, Standing standing, Incidents incidents)
      throws Exception {
    Failures failures = new Failures();
    Tally tally = new Tally(selection, failures::add);
    standing.addTo(tally);
    return new View(
        tally, failures, incidents.unsettled(), standing.beat(), standing.unsummedEnds());
  }

  private void print(Console console, Tally.Selection selection, View view) {
    if (json) {
      console.print(json(selection, view));
      return;
    }
    if (watch && console.outScreen().terminal()) {
      console.out().print(CLEAR_SCREEN);
    }
    table(console, selection, view.tally());
    view.failures().lines(console.outScreen()).forEach(console.out()::println);
    if (view.unsummed() > 0) {
      console.say(
          "%s newer are not summed up yet".formatted(Humans.count(view.unsummed(), "event")));
    }
    silence(view).ifPresent(console::warn);
    incidents(console, view.incidents());
  }

  private static void table(Console console, Tally.Selection selection, Tally tally) {
    if (tally.counts().isEmpty()) {
      console.say("Nothing was asked for yet");
      return;
    }
    TextTable table =
        selection.byJob()
            ? new TextTable(
                "dataset",
                "job",
                "sent",
                "asked",
                "rendered",
                "reused",
                "failed",
                "cancelled",
                "open",
                "rate",
                "left")
            : new TextTable(
                "dataset",
                "jobs",
                "asked",
                "rendered",
                "reused",
                "failed",
                "cancelled",
                "open",
                "rate",
                "left");
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
    cells.add(counts.cancelled());
    cells.add(counts.open());
    cells.add(counts.perSecond() > 0 ? Humans.rate(counts.perSecond()) : "");
    cells.add(counts.timeLeft().map(Humans::duration).orElse(""));
    return cells.toArray();
  }

  /** Worth saying only while something waits for the worker. */
  private Optional<String> silence(View view) {
    boolean open = view.tally().counts().values().stream().anyMatch(counts -> counts.open() > 0);
    if (!open) {
      return Optional.empty();
    }
    if (view.beat().isEmpty()) {
      return Optional.of("No worker has been here yet");
    }
    Duration silence = Duration.between(view.beat().get(), clock.instant());
    return silence.compareTo(SILENCE) < 0
        ? Optional.empty()
        : Optional.of("No worker has been seen for " + Humans.duration(silence));
  }

  private static void incidents(Console console, List<Incident> incidents) {
    if (incidents.isEmpty()) {
      return;
    }
    console
        .out()
        .println(
            Style.BAD.on(
                console.outScreen(),
                "%s: chitra fsck --repair asks again for what was lost"
                    .formatted(Humans.count(incidents.size(), "incident"))));
    for (Incident incident :
        incidents.subList(Math.max(0, incidents.size() - MOST_INCIDENTS), incidents.size())) {
      console
          .out()
          .println(
              "    %s  %s  %s"
                  .formatted(
                      incident.getHappenedAt(),
                      incident.getKind(),
                      incident.getMessage().replaceAll("\\p{Cntrl}", " ")));
    }
  }

  private static Map<String, @Nullable Object> json(Tally.Selection selection, View view) {
    List<Map<String, @Nullable Object>> sums = new ArrayList<>();
    view.tally()
        .counts()
        .forEach(
            (key, counts) -> {
              Map<String, @Nullable Object> sum = new LinkedHashMap<>();
              sum.put("dataset", key.dataset());
              if (selection.byJob()) {
                sum.put("job_id", key.job());
              }
              sum.put("submissions", counts.submissions());
              sum.put("asked", counts.asked());
              sum.put("rendered", counts.rendered());
              sum.put("reused", counts.reused());
              sum.put("failed", counts.failed());
              sum.put("cancelled", counts.cancelled());
              sum.put("open", counts.open());
              sum.put("per_second", Math.round(counts.perSecond() * 1000) / 1000.0);
              sum.put("seconds_left", counts.timeLeft().map(Duration::toSeconds).orElse(null));
              sums.add(sum);
            });
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put(selection.byJob() ? "jobs" : "datasets", sums);
    json.put("failures", view.failures().json());
    json.put(
        "incidents",
        view.incidents().stream()
            .map(
                incident ->
                    Map.of(
                        "kind", incident.getKind().name(),
                        "message", incident.getMessage(),
                        "happened_at", incident.getHappenedAt().toString()))
            .toList());
    json.put("worker_seen_at", view.beat().map(Instant::toString).orElse(null));
    json.put("not_summed_up", view.unsummed());
    return json;
  }
}
