package io.chitra.cli;

import io.chitra.cli.lineage.Amount;
import io.chitra.cli.lineage.LineageRun;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.MachineException;
import io.chitra.cli.machine.WorkerSettings;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Progress;
import io.chitra.cli.show.Style;
import io.chitra.cli.show.TextTable;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.verify.Findings;
import io.chitra.cli.verify.Sample;
import io.chitra.cli.verify.Verification;
import io.chitra.dataset.compare.Verdict;
import io.chitra.dataset.compare.Verdict.Outcome;
import io.chitra.store.StoredSchemas;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra verify}: renders pictures of a dataset again, and compares. */
@Command(
    name = "verify",
    description = {
      "Renders the pictures of a dataset again and compares: the stored object with its record, the"
          + " record with the job, the new pixels with the old ones. Puts nothing into the store."
          + " Renders here, beside a worker that may run; with --elsewhere on a Flink cluster.",
      "",
      "Of a picture the worst is told: missing, damaged (another length or SHA-256), wrong_record,"
          + " not_rendered, drifted (other pixels; with PSNR, and what of the environment is"
          + " another), equal. Exit code 1: not all are equal."
    },
    footer = {
      "  chitra verify --dataset first-look",
      "  chitra verify --dataset animals --sample 1% --json",
      "  chitra verify --dataset animals --job cat-7"
    })
final class VerifyCommand implements Callable<Integer> {

  private static final int MOST_SHOWN = 100;

  /** Ten seconds. */
  private static final int MOST_QUIET_TICKS = 50;

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();
  @Mixin private LineageOptions lineage = new LineageOptions();

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      required = true,
      order = 1,
      description = "The dataset.")
  private String dataset = "";

  @Option(names = "--job", paramLabel = "ID", order = 2, description = "Only this job of it.")
  private @Nullable String job;

  @Option(
      names = "--sample",
      paramLabel = "PERCENT",
      order = 3,
      description = "Only a share of its pictures, as 1%%; the same each time.")
  private @Nullable String sample;

  @Option(
      names = "--seed",
      paramLabel = "N",
      order = 4,
      description = "Another sample for another number (default: 0).")
  private long seed;

  @Option(
      names = "--elsewhere",
      order = 5,
      description =
          "Do not render here: print the command that has a Flink cluster do it, and wait for what"
              + " it finds.")
  private boolean elsewhere;

  @Option(names = "--json", order = 6, description = "Print the report as one JSON object.")
  private boolean json;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      order = 78,
      description = "Any option of the worker that renders here; may be given several times.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    return lineage
        .lineage()
        .recorded("verify", "Renders pictures again and compares", this::verify);
  }

  private int verify(LineageRun run) throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    Sample picked = sample();
    try (Backend backend = Backend.stores(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      try (DatasetRows rows = rows(chitra, console, backend)) {
        run.about(dataset)
            .reads(
                new LineagePlaces(backend).dataset(dataset).atVersion(rows.ends().toString()),
                Amount.rows(rows.size()))
            .begun();
        Findings findings = verify(chitra, console, backend, rows, picked);
        report(console, rows, findings);
        return findings.count() == findings.count(Outcome.EQUAL) ? ExitCode.OK : ExitCode.SOFTWARE;
      }
    }
  }

  private Sample sample() throws CliException {
    try {
      return sample == null ? Sample.ALL : Sample.parse(sample, seed);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e);
    }
  }

  private DatasetRows rows(Chitra chitra, Console console, Backend backend) throws Exception {
    Path folder = chitra.state().resolve("tmp");
    try (ScanProgress progress =
        new ScanProgress(console, InstantSource.system(), "Reading", "records")) {
      DatasetRows rows =
          DatasetRows.read(
              backend.kafka(),
              new StoredSchemas(backend.objects()),
              dataset,
              id -> job == null || id.equals(job),
              folder,
              progress);
      if (rows.size() == 0) {
        rows.close();
        throw CliException.failed(
            "Cannot verify dataset %s%s: it has no pictures; chitra status lists what there is"
                .formatted(dataset, job == null ? "" : ", job " + job));
      }
      return rows;
    }
  }

  private Findings verify(
      Chitra chitra, Console console, Backend backend, DatasetRows rows, Sample picked)
      throws Exception {
    String name = UUID.randomUUID().toString();
    try (Verification verification = Verification.open(backend.kafka(), rows, name)) {
      long pictures;
      try (ScanProgress progress =
          new ScanProgress(console, InstantSource.system(), "Reading", "records")) {
        pictures = verification.send(picked, progress);
      }
      console.say(
          "Verifying %s of %s"
              .formatted(Humans.count(pictures, "picture"), Humans.count(rows.size(), "picture")));
      Findings findings = new Findings(rows);
      CompletableFuture<Void> rendering = render(chitra, console, backend, verification);
      try (Progress progress =
          Progress.start(
              console.errScreen(),
              console.err(),
              InstantSource.system(),
              "Verifying",
              "pictures",
              pictures)) {
        verification.await(new Watching(findings, progress, rendering));
      }
      return findings;
    }
  }

  private CompletableFuture<Void> render(
      Chitra chitra, Console console, Backend backend, Verification verification)
      throws CliException, MachineException {
    if (elsewhere) {
      console.out().println(flinkRun(backend, verification));
      return new CompletableFuture<>();
    }
    LocalMachine machine = LocalMachine.provider();
    WorkerSettings worker = worker(chitra, backend);
    return CompletableFuture.runAsync(
        () -> {
          try {
            machine.verify(worker, verification.tasks(), verification.verdicts());
          } catch (MachineException e) {
            throw new CompletionException(e);
          }
        },
        task -> {
          Thread thread = new Thread(task, "chitra-verify");
          thread.setDaemon(true);
          thread.start();
        });
  }

  private WorkerSettings worker(Chitra chitra, Backend backend) throws CliException {
    Map<String, String> options = new LinkedHashMap<>(kafka.workerOptions());
    options.put("chitra.kafka.bootstrap-servers", backend.kafka().bootstrapServers());
    options.putAll(backend.storeOptions());
    options.put("chitra.model-cache.directory", chitra.state().resolve("model-cache").toString());
    options.putAll(settings);
    return new WorkerSettings(options);
  }

  private String flinkRun(Backend backend, Verification verification) throws CliException {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("tasks", verification.tasks());
    options.put("verdicts", verification.verdicts());
    options.putAll(kafka.workerOptions());
    options.put("chitra.kafka.bootstrap-servers", backend.kafka().bootstrapServers());
    options.putAll(new TreeMap<>(backend.storeOptions()));
    return FlinkRun.line("VerifyMain", options);
  }

  /** Takes what is found, and looks whether who renders still does. */
  private static final class Watching implements Verification.Listener<Exception> {
    private final Findings findings;
    private final Progress progress;
    private final CompletableFuture<Void> rendering;
    private long quietTicks;

    Watching(Findings findings, Progress progress, CompletableFuture<Void> rendering) {
      this.findings = findings;
      this.progress = progress;
      this.rendering = rendering;
    }

    @Override
    public void found(Verdict verdict) throws IOException {
      findings.add(verdict);
      quietTicks = 0;
    }

    @Override
    public void tick() throws Exception {
      long wrong = findings.count() - findings.count(Outcome.EQUAL);
      progress.update(findings.count(), wrong == 0 ? "" : Humans.count(wrong) + " not equal");
      if (rendering.isCompletedExceptionally()) {
        try {
          rendering.join();
        } catch (CompletionException e) {
          throw e.getCause() instanceof Exception cause ? cause : e;
        }
      }
      // What was written before it ended is there soon.
      if (rendering.isDone() && ++quietTicks > MOST_QUIET_TICKS) {
        throw CliException.failed(
            "Cannot verify: the rendering has ended, and not all pictures have their verdicts");
      }
    }
  }

  private void report(Console console, DatasetRows rows, Findings findings) throws IOException {
    List<Findings.Finding> wrong = findings.findings();
    if (json) {
      Map<String, @Nullable Object> report = new LinkedHashMap<>();
      report.put("dataset", dataset);
      report.put("pictures", rows.size());
      report.put("open", rows.census().open());
      report.put("verified", findings.count());
      for (Outcome outcome : Outcome.values()) {
        report.put(Findings.name(outcome), findings.count(outcome));
      }
      report.put("findings", wrong.stream().map(Findings.Finding::json).toList());
      console.print(report);
      return;
    }
    TextTable table = new TextTable();
    table.row("verified", findings.count());
    for (Outcome outcome : Outcome.values()) {
      if (outcome == Outcome.EQUAL || findings.count(outcome) > 0) {
        table.row(
            outcome == Outcome.EQUAL ? Style.GOOD : Style.BAD,
            "  " + Findings.name(outcome).replace('_', ' '),
            findings.count(outcome));
      }
    }
    console.print(table);
    if (!wrong.isEmpty()) {
      TextTable details = new TextTable("job", "index", "outcome", "what");
      wrong.stream()
          .limit(MOST_SHOWN)
          .forEach(
              finding ->
                  details.row(
                      finding.job(),
                      finding.index(),
                      Findings.name(finding.verdict().outcome()),
                      finding.text()));
      console.printUncut(details);
    }
    long left = findings.count() - findings.count(Outcome.EQUAL) - MOST_SHOWN;
    if (left > 0) {
      console.say("... and %s more; --json has them".formatted(Humans.count(left)));
    }
  }
}
