package io.chitra.cli;

import io.chitra.cli.check.CheckListener;
import io.chitra.cli.check.CheckReport;
import io.chitra.cli.check.Finding;
import io.chitra.cli.check.Fsck;
import io.chitra.cli.check.Repair;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Style;
import io.chitra.cli.show.TextTable;
import io.chitra.cli.topics.Incidents;
import io.chitra.cli.topics.JobsAgain;
import io.chitra.cli.topics.WorkerSigns;
import io.chitra.cli.topics.WorkerSigns.Seen;
import io.chitra.schemas.Codec;
import io.chitra.store.StoredSchemas;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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

/** {@code chitra fsck}: whether submissions, records and objects agree. */
@Command(
    name = "fsck",
    description = {
      "Checks that the pictures of every submission have ended exactly once, and that every record"
          + " has its object, with the length and the SHA-256 that it says; finds objects that no"
          + " record names. Where no stack runs here, broker and S3 are started without a worker.",
      "",
      "Pictures that have not ended are lost only when a worker runs that is idle: it has read all"
          + " jobs, has no open transaction, and nothing ends for the time of --settle."
    },
    footer = {
      "  chitra fsck",
      "  chitra fsck --dataset first-look --deep",
      "  chitra fsck --kafka broker:9092 --s3 http://minio:9000 --repair --json"
    })
final class FsckCommand implements Callable<Integer> {

  /** A worker that restarts waits for a minute at most. */
  private static final Duration SILENCE = Duration.ofSeconds(90);

  private static final int MOST_EXAMPLES = 5;

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      order = 1,
      description = "Only this dataset; objects that no record names are not looked for then.")
  private @Nullable String dataset;

  @Option(
      names = "--deep",
      order = 2,
      description = "Read the objects' bytes, instead of what the store knows of them.")
  private boolean deep;

  @Option(
      names = "--repair",
      order = 3,
      description =
          "Delete wrong objects and ask for their pictures again; ask for lost pictures again;"
              + " delete objects that no record names, where no worker runs.")
  private boolean repair;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "30",
      order = 4,
      description =
          "How long nothing must end for a worker to be idle; more than a picture takes (default:"
              + " ${DEFAULT-VALUE}).")
  private int settle;

  @Option(names = "--json", order = 5, description = "Print the report as one JSON object.")
  private boolean json;

  /** What was found, and what the worker does. */
  private record Result(CheckReport report, Seen worker, boolean watched) {

    boolean lost() {
      return worker == Seen.IDLE && report.pictures(Finding.Kind.NOT_ENDED) > 0;
    }

    /** Everything that is wrong, but for what is still open. */
    long wrong() {
      long wrong = report.orphans();
      for (Finding.Kind kind : Finding.Kind.values()) {
        wrong += kind != Finding.Kind.NOT_ENDED || lost() ? report.pictures(kind) : 0;
      }
      return wrong;
    }
  }

  @Override
  public Integer call() throws Exception {
    if (settle < 0 || settle > 86_400) {
      throw CliException.usage("Cannot wait %d s: 0 to 86400 would be right".formatted(settle));
    }
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    try (Backend backend = Backend.stores(chitra, ports, kafka, store);
        Told told = new Told(console)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      Fsck.Scope scope = new Fsck.Scope(Optional.ofNullable(dataset), deep);
      try (Fsck fsck = Fsck.open(backend.kafka(), backend.objects(), scope, told)) {
        Result result = check(backend, fsck, told);
        told.close();
        if (!repair) {
          report(console, result, null);
          return result.wrong() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        }
        return repair(console, backend, fsck, result);
      }
    }
  }

  /** Where something has not ended, finds out whether that is because the worker works. */
  private Result check(Backend backend, Fsck fsck, CheckListener told) throws Exception {
    WorkerSigns signs = new WorkerSigns(backend.kafka());
    WorkerSigns.Ends ends = signs.terminalEnds();
    CheckReport report = fsck.check();
    if (backend.ownStack()) {
      return new Result(report, Seen.NO_WORKER, true);
    }
    boolean matters =
        report.pictures(Finding.Kind.NOT_ENDED) > 0 || (repair && report.orphans() > 0);
    if (!matters) {
      return new Result(report, Seen.BUSY, false);
    }
    Seen worker =
        signs.watch(
            Duration.ofSeconds(settle),
            SILENCE,
            (done, total) -> told.step(CheckListener.Step.WATCHING, done, total));
    if (worker != Seen.IDLE || signs.terminalEnds().equals(ends)) {
      return new Result(report, worker, true);
    }
    // Something has ended since the check began: what it says of open pictures is old.
    ends = signs.terminalEnds();
    report = fsck.check();
    return new Result(report, signs.terminalEnds().equals(ends) ? worker : Seen.BUSY, true);
  }

  private int repair(Console console, Backend backend, Fsck fsck, Result result) throws Exception {
    StoredSchemas schemas = new StoredSchemas(backend.objects());
    schemas.keep(Codec.renderJobs());
    CheckReport report = result.report();
    Repair repair;
    try (JobsAgain again =
        JobsAgain.open(
            backend.kafka(), schemas, InstantSource.system(), Version.program(), "fsck")) {
      repair = new Repair(fsck, backend.objects(), again);
      repair.objects();
      if (result.lost()) {
        repair.lost();
      }
    }
    boolean drained = result.worker() == Seen.NO_WORKER;
    if (drained) {
      repair.orphans();
    }
    boolean whole =
        repair.unsent().isEmpty()
            && dataset == null
            && (result.worker() == Seen.IDLE || report.pictures(Finding.Kind.NOT_ENDED) == 0);
    Incidents incidents = new Incidents(backend.kafka(), schemas);
    if (whole && (!incidents.unsettled().isEmpty() || asked(repair) > 0)) {
      incidents.repaired(
          "fsck: %s asked for again".formatted(Humans.count(asked(repair), "picture")),
          InstantSource.system().instant());
    }
    report(console, result, repair);
    long unmended =
        report.pictures(Finding.Kind.ENDED_TWICE)
            + report.pictures(Finding.Kind.NOT_ASKED)
            + (drained ? 0 : report.orphans())
            + repair.unsent().size();
    return unmended == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static long asked(Repair repair) {
    return repair.lostAskedAgain() + repair.remade();
  }

  private void report(Console console, Result result, @Nullable Repair repair) {
    if (json) {
      console.print(json(result, repair));
      return;
    }
    CheckReport report = result.report();
    TextTable table = new TextTable();
    table.row("submissions", report.submissions());
    table.row("pictures asked for", report.asked());
    table.row("  made", report.made());
    table.row("  failed", report.failed());
    table.row("  cancelled", report.cancelled());
    table.row("  asked for again instead", report.replaced());
    table.row("objects of records", report.objects());
    console.print(table);
    TextTable wrong = new TextTable();
    int rows = 0;
    for (Finding.Kind kind : Finding.Kind.values()) {
      long pictures = report.pictures(kind);
      boolean bad = kind != Finding.Kind.NOT_ENDED || result.lost();
      if (pictures > 0) {
        rows++;
        wrong.row(
            bad ? Style.BAD : Style.FAINT,
            name(kind, result),
            pictures,
            examples(report.examples(kind)));
      }
    }
    if (report.orphans() > 0) {
      rows++;
      wrong.row(
          Style.BAD,
          "objects that no record names",
          report.orphans(),
          String.join(
              " ",
              report
                  .orphanExamples()
                  .subList(0, Math.min(MOST_EXAMPLES, report.orphanExamples().size()))));
    }
    if (report.onItsWay() > 0) {
      rows++;
      wrong.row(Style.FAINT, "objects whose record is on its way", report.onItsWay(), "");
    }
    if (rows > 0) {
      console.print(wrong);
    }
    if (result.wrong() == 0) {
      console.out().println(Style.GOOD.on(console.outScreen(), "All is as it should be"));
    }
    if (repair != null) {
      told(console, result, repair);
    } else if (result.wrong() > 0) {
      console.say("chitra fsck --repair mends what can be mended");
    }
  }

  private static void told(Console console, Result result, Repair repair) {
    console.say(
        "Asked again for %s that %s and for %s without a right object; deleted %s and %s"
            .formatted(
                Humans.count(repair.lostAskedAgain(), "picture"),
                repair.lostAskedAgain() == 1 ? "was lost" : "were lost",
                Humans.count(repair.remade(), "picture"),
                Humans.count(repair.wrongObjectsDeleted(), "wrong object"),
                Humans.count(repair.orphansDeleted(), "object") + " that no record names"));
    if (!result.lost() && result.report().pictures(Finding.Kind.NOT_ENDED) > 0) {
      console.warn(
          result.worker() == Seen.BUSY
              ? "Pictures that have not ended are left alone: the worker works; run fsck again when"
                  + " it is done"
              : "Pictures that have not ended are left alone: no worker runs, and the next one goes"
                  + " on with them");
    }
    if (result.worker() != Seen.NO_WORKER && result.report().orphans() > 0) {
      console.warn(
          "Objects that no record names are left alone: a worker runs that may be about to use"
              + " them; drain it, then run fsck again");
    }
    repair.unsent().forEach(console::error);
  }

  private static String name(Finding.Kind kind, Result result) {
    return switch (kind) {
      case NOT_ENDED ->
          result.lost()
              ? "pictures lost"
              : result.worker() == Seen.NO_WORKER
                  ? "pictures that wait for a worker"
                  : "pictures under way";
      case ENDED_TWICE -> "pictures ended twice";
      case NOT_ASKED -> "ends that nobody asked for";
      case MISSING_OBJECT -> "records without their object";
      case WRONG_LENGTH -> "objects with another length";
      case WRONG_HASH -> "objects with another hash";
    };
  }

  private static String examples(List<Finding> findings) {
    List<String> texts = new ArrayList<>();
    for (Finding finding : findings.subList(0, Math.min(MOST_EXAMPLES, findings.size()))) {
      texts.add(finding.submission() + " [" + finding.indexes() + "]");
    }
    return String.join(" ", texts);
  }

  private static Map<String, @Nullable Object> json(Result result, @Nullable Repair repair) {
    CheckReport report = result.report();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("submissions", report.submissions());
    json.put("asked", report.asked());
    json.put("made", report.made());
    json.put("failed", report.failed());
    json.put("cancelled", report.cancelled());
    json.put("replaced", report.replaced());
    json.put("objects", report.objects());
    json.put("worker", result.watched() ? result.worker().name().toLowerCase(Locale.ROOT) : null);
    json.put("lost", result.lost() ? report.pictures(Finding.Kind.NOT_ENDED) : 0);
    json.put("open", result.lost() ? 0 : report.pictures(Finding.Kind.NOT_ENDED));
    for (Finding.Kind kind : Finding.Kind.values()) {
      if (kind != Finding.Kind.NOT_ENDED) {
        json.put(kind.name().toLowerCase(Locale.ROOT), report.pictures(kind));
      }
    }
    json.put("orphans", report.orphansKnown() ? report.orphans() : null);
    json.put("on_the_way", report.onItsWay());
    List<Map<String, Object>> examples = new ArrayList<>();
    for (Finding.Kind kind : Finding.Kind.values()) {
      for (Finding finding : report.examples(kind)) {
        Map<String, Object> example = new LinkedHashMap<>();
        example.put("kind", kind.name().toLowerCase(Locale.ROOT));
        example.put("topic", finding.submission().topic());
        example.put("partition", finding.submission().partition());
        example.put("offset", finding.submission().offset());
        example.put("indexes", finding.indexes().toString());
        examples.add(example);
      }
    }
    json.put("examples", examples);
    json.put("orphan_examples", report.orphanExamples());
    json.put("good", result.wrong() == 0);
    if (repair != null) {
      Map<String, Object> mended = new LinkedHashMap<>();
      mended.put("lost_asked_again", repair.lostAskedAgain());
      mended.put("remade", repair.remade());
      mended.put("wrong_objects_deleted", repair.wrongObjectsDeleted());
      mended.put("orphans_deleted", repair.orphansDeleted());
      mended.put("unsent", repair.unsent());
      json.put("repair", mended);
    }
    return json;
  }

  /** Shows the steps of a check, each anew. */
  private static final class Told implements CheckListener, AutoCloseable {
    private final Console console;
    private CheckListener.@Nullable Step step;
    private @Nullable ScanProgress shown;

    Told(Console console) {
      this.console = console;
    }

    @Override
    public void step(Step now, long done, long total) {
      ScanProgress progress = shown;
      if (progress == null || now != step) {
        close();
        step = now;
        progress = new ScanProgress(console, InstantSource.system(), label(now), things(now));
        shown = progress;
      }
      if (total > 0) {
        progress.read(done, total);
      }
    }

    private static String label(Step step) {
      return switch (step) {
        case LISTING_OBJECTS -> "Listing";
        case READING_TOPICS -> "Reading";
        case LOOKING_AT_OBJECTS -> "Looking";
        case COMPARING -> "Comparing";
        case WATCHING -> "Watching the worker";
      };
    }

    private static String things(Step step) {
      return switch (step) {
        case LISTING_OBJECTS, LOOKING_AT_OBJECTS -> "objects";
        case READING_TOPICS -> "records";
        case COMPARING -> "parts";
        case WATCHING -> "s";
      };
    }

    @Override
    public void close() {
      if (shown != null) {
        shown.close();
        shown = null;
      }
    }
  }
}
