package io.chitra.cli;

import io.chitra.cli.follow.Follower;
import io.chitra.cli.follow.Submissions;
import io.chitra.cli.lineage.LineageDataset;
import io.chitra.cli.lineage.LineageRun;
import io.chitra.cli.replay.BroughtSupplies;
import io.chitra.cli.replay.Replay;
import io.chitra.cli.replay.Rewriting;
import io.chitra.cli.replay.StoredSupplies;
import io.chitra.cli.replay.Supplies;
import io.chitra.cli.replay.Wanted;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Progress;
import io.chitra.cli.submit.ModelException;
import io.chitra.cli.submit.ModelShelf;
import io.chitra.cli.topics.JobLog;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.Priority;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicScan;
import io.chitra.job.JobChange;
import io.chitra.job.JobLimits;
import io.chitra.job.JobRules;
import io.chitra.job.ModelFacts;
import io.chitra.job.Problem;
import io.chitra.schemas.Codec;
import io.chitra.schemas.SchemaSource;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredSchemas;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
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

/** {@code chitra replay}: asks again for what was asked for before. */
@Command(
    name = "replay",
    description = {
      "Asks again for the pictures of jobs of the past, into another dataset: from the jobs' own"
          + " records in the topics, or in the archive. Every default and every seed is as it was,"
          + " so the pictures are the same, but for what --model and --set change.",
      "",
      "Of each picture, the newest submission counts; what was cancelled is left out. Nothing is"
          + " sent when a job does not bear the changes, unless --partial is given."
    },
    footer = {
      "  chitra replay --dataset first-look --to again --wait",
      "  chitra replay --dataset first-look --model models/turbo --set steps=4 --to turbo",
      "  chitra replay --from-offset render.jobs-0@1200,render.jobs-1@1180 --to since-tuesday",
      "  chitra replay --since 2026-03-01 --until 2026-03-02 --from-archive --to march --dry-run",
      "  chitra replay --from-archive s3://elsewhere/chitra --dataset first-look --to first-look"
    })
final class ReplayCommand implements Callable<Integer> {

  private static final int MOST_REFUSALS_TOLD = 100;

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();
  @Mixin private ArchiveOptions archive = new ArchiveOptions();
  @Mixin private LineageOptions lineage = new LineageOptions();

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      order = 1,
      description = "The jobs of this dataset.")
  private @Nullable String dataset;

  @Option(names = "--job", paramLabel = "ID", order = 2, description = "The job of this id.")
  private @Nullable String job;

  @Option(
      names = "--from-offset",
      paramLabel = "TOPIC-P@O,...",
      split = ",",
      order = 3,
      description =
          "What lies in a partition from an offset on, as render.jobs-0@1200; partitions that are"
              + " not named are not read.")
  private List<String> fromOffsets = new ArrayList<>();

  @Option(
      names = "--since",
      paramLabel = "TIME",
      order = 4,
      description =
          "What was submitted at that time or later: 2026-03-01T12:00:00Z, 2026-03-01T12:00,"
              + " 2026-03-01, or 90m ago (s, m, h, d).")
  private @Nullable String since;

  @Option(
      names = "--until",
      paramLabel = "TIME|TOPIC-P@O,...",
      split = ",",
      order = 5,
      description = "What was submitted before that time, or lies before these offsets.")
  private List<String> until = new ArrayList<>();

  @Option(
      names = "--to",
      paramLabel = "NAME",
      required = true,
      order = 7,
      description = "The dataset that the pictures go to.")
  private String to = "";

  @Option(
      names = "--model",
      paramLabel = "DIR|DIGEST",
      order = 8,
      description = "Another model: its folder, or the digest of one that was pushed.")
  private @Nullable String model;

  @Option(
      names = "--set",
      paramLabel = "FIELD=VALUE",
      order = 9,
      description =
          "Another value of a field of job files (steps, guidance_scale, scheduler, width, seed,"
              + " ...), written as in a cell of CSV; an empty one takes the field away. May be"
              + " given several times.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(
      names = "--priority",
      paramLabel = "PRIORITY",
      order = 10,
      description = "high, normal or low (default: each job's own).")
  private @Nullable Priority priority;

  @Option(
      names = "--partial",
      order = 11,
      description = "Send the jobs that bear the changes, and leave out the others.")
  private boolean partial;

  @Option(names = "--dry-run", order = 12, description = "Only say what would be sent.")
  private boolean dryRun;

  @Option(names = "--wait", order = 13, description = "Wait until every picture has ended.")
  private boolean wait;

  @Option(names = "--json", order = 14, description = "Print the summary as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    return lineage.lineage().recorded("replay", "Asks again for jobs of the past", this::replay);
  }

  private int replay(LineageRun run) throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    archive.check();
    JobLog.Span span = span();
    JobChange change = change();
    if (!JobRules.isName(to)) {
      throw CliException.usage(
          "Cannot replay to dataset %s: A-Z, a-z, 0-9, dots, dashes and underscores would be right"
              .formatted(to));
    }
    if (to.equals(dataset) && archive.elsewhere().isEmpty()) {
      throw CliException.usage(
          "Cannot replay dataset %s into itself: what is sent would take the place of what is there; name another one with --to"
              .formatted(to));
    }
    try (Backend backend =
        dryRun
            ? Backend.stores(chitra, ports, kafka, store)
            : Backend.open(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      LineagePlaces places = new LineagePlaces(backend);
      Optional<String> elsewhere = archive.elsewhere();
      if (elsewhere.isPresent()) {
        run.reads(LineageDataset.at(elsewhere.get(), "An archive of jobs"));
      } else {
        for (Topic topic : Topic.OF_JOBS) {
          run.reads(places.topic(topic));
        }
      }
      run.about(to).writes(places.dataset(to)).begun();
      if (elsewhere.isEmpty()) {
        return replay(chitra, backend, Source.own(chitra, backend), span, change);
      }
      try (ObjectStore archived = archive.open(elsewhere.get(), backend.storeConfig());
          Scratch scratch = Scratch.in(chitra.state().resolve("replay"))) {
        Source source = Source.elsewhere(chitra, backend, archived, scratch.folder());
        return replay(chitra, backend, source, span, change);
      }
    }
  }

  /**
   * Where jobs and what they need come from.
   *
   * @param models those that workers find
   * @param objects the store that has the archive
   * @param brought what is to be brought from there; null: nothing
   */
  private record Source(
      ModelRepository models,
      ObjectStore objects,
      SchemaSource schemas,
      Supplies supplies,
      @Nullable BroughtSupplies brought) {

    static Source own(Chitra chitra, Backend backend) {
      ModelRepository models = models(chitra, backend.objects());
      return new Source(
          models,
          backend.objects(),
          new StoredSchemas(backend.objects()),
          new StoredSupplies(models),
          null);
    }

    static Source elsewhere(Chitra chitra, Backend backend, ObjectStore archive, Path scratch) {
      ModelRepository models = models(chitra, backend.objects());
      ModelRepository archived =
          backend.onThisMachine() // where the worker looks for models first
              ? models(chitra, archive)
              : new ModelRepository(archive, scratch.resolve("models"), Long.MAX_VALUE);
      BroughtSupplies supplies =
          new BroughtSupplies(
              archive, archived, backend.objects(), new StoredSupplies(models), scratch);
      StoredSchemas own = new StoredSchemas(backend.objects());
      StoredSchemas theirs = new StoredSchemas(archive);
      return new Source(
          models,
          archive,
          fingerprint -> own.find(fingerprint).or(() -> theirs.find(fingerprint)),
          supplies,
          supplies);
    }

    private static ModelRepository models(Chitra chitra, ObjectStore objects) {
      return new ModelRepository(objects, chitra.state().resolve("model-cache"), Long.MAX_VALUE);
    }
  }

  private JobLog.Span span() throws CliException {
    if (dataset == null && job == null && fromOffsets.isEmpty() && since == null) {
      throw CliException.usage(
          "Cannot tell what to replay: give --dataset, --job, --from-offset or --since");
    }
    if (!fromOffsets.isEmpty() && since != null) {
      throw CliException.usage("Cannot use --from-offset and --since together: leave one");
    }
    List<Place> from = new ArrayList<>();
    for (String place : fromOffsets) {
      from.add(place(place, "--from-offset"));
    }
    boolean untilTime = until.size() == 1 && Place.parse(until.get(0)).isEmpty();
    List<Place> upTo = new ArrayList<>();
    for (String place : untilTime ? List.<String>of() : until) {
      upTo.add(place(place, "--until"));
    }
    try {
      return new JobLog.Span(
          from,
          since == null ? Optional.empty() : Optional.of(moment(since, "--since")),
          upTo,
          untilTime ? Optional.of(moment(until.get(0), "--until")) : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e);
    }
  }

  private static Place place(String text, String option) throws CliException {
    return Place.parse(text.strip())
        .orElseThrow(
            () ->
                CliException.usage(
                    "Cannot read %s %s: render.jobs-0@1200 would be right"
                        .formatted(option, text)));
  }

  private static Instant moment(String text, String option) throws CliException {
    return Moment.parse(text, option, InstantSource.system(), ZoneId.systemDefault());
  }

  private JobChange change() throws CliException {
    JobChange change = JobChange.of(set);
    List<Problem> problems = change.problems(JobLimits.defaults());
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      throw CliException.usage("Cannot use --set %s: %s".formatted(first.field(), first.message()));
    }
    return change;
  }

  private int replay(
      Chitra chitra, Backend backend, Source source, JobLog.Span span, JobChange change)
      throws Exception {
    Console console = chitra.console();
    Optional<ModelShelf.Model> folder = folder();
    Rewriting rewriting =
        new Rewriting(
            to,
            change,
            newModel(folder, source.supplies()),
            source.supplies(),
            JobLimits.defaults());
    try (ScanProgress progress =
        new ScanProgress(
            console, InstantSource.system(), "Reading", archive.given() ? "files" : "records")) {
      JobLog log =
          archive.given()
              ? JobLog.ofArchive(source.objects(), backend.kafka().topics(), span)
              : JobLog.ofTopics(backend.kafka(), span);
      Wanted wanted = wanted(log, source.schemas(), progress);
      Replay replay = new Replay(log, wanted, rewriting, source.schemas());
      Refused refused = new Refused(console);
      Replay.Check check = replay.check(refused, progress);
      refused.tellRest();
      Summary summary = new Summary(wanted, check, refused);
      if (refused.noLonger > 0 && !partial) {
        print(console, summary, 0, null);
        throw CliException.failed(
            "Nothing was sent: %s not bear the changes; with --partial the others would be sent"
                .formatted(
                    Humans.count(refused.noLonger, "job")
                        + (refused.noLonger == 1 ? " does" : " do")));
      }
      if (dryRun || check.pictures() == 0) {
        print(console, summary, 0, null);
        return refused.noLonger == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
      }
      if (check.pictures() > Integer.MAX_VALUE) {
        throw CliException.failed(
            "Cannot replay %s pictures in one run: use --job, or --from-offset and --until"
                .formatted(Humans.count(check.pictures())));
      }
      if (folder.isPresent()) {
        ModelPush push = new ModelPush(console, source.models());
        if (backend.onThisMachine()) {
          push.pushAndKeep(folder.get().folder());
        } else {
          push.push(folder.get().folder());
        }
      }
      if (source.brought() != null) {
        source.brought().bring(new ModelPush(console, source.models())::push);
      }
      StoredSchemas schemas = new StoredSchemas(backend.objects());
      schemas.keep(Codec.renderJobs());
      return send(console, backend, schemas, replay, summary, progress);
    }
  }

  private Wanted wanted(JobLog log, SchemaSource schemas, TopicScan.Listener progress)
      throws Exception {
    try {
      Wanted wanted =
          Wanted.find(
              log,
              schemas,
              new Wanted.Selection(Optional.ofNullable(dataset), Optional.ofNullable(job)),
              progress);
      if (wanted.jobs() == 0) {
        throw CliException.failed(
            "Cannot replay: no such job was submitted%s%s"
                .formatted(
                    dataset == null ? "" : " to dataset " + dataset,
                    archive.given()
                        ? ", or none is in the archive yet"
                        : "; chitra status lists what was"));
      }
      return wanted;
    } catch (Wanted.SameIdException e) {
      throw CliException.failed(String.valueOf(e.getMessage()));
    }
  }

  /** Where the new model lies on this machine. */
  private Optional<ModelShelf.Model> folder() throws CliException {
    if (model == null || model.matches("[0-9a-f]{64}")) {
      return Optional.empty();
    }
    Path path = Path.of(model).toAbsolutePath().normalize();
    if (!Files.isDirectory(path)) {
      throw CliException.usage(
          "Cannot use --model %s: it is neither a model's folder nor the digest of one"
              .formatted(model));
    }
    try {
      return Optional.of(ModelShelf.Model.read(path, String.valueOf(path.getFileName())));
    } catch (ModelException e) {
      throw CliException.usage(e);
    }
  }

  private @Nullable ModelFacts newModel(Optional<ModelShelf.Model> folder, Supplies supplies)
      throws CliException {
    String named = model;
    if (named == null) {
      return null;
    }
    return folder
        .map(ModelShelf.Model::facts)
        .or(() -> supplies.facts(named))
        .orElseThrow(
            () ->
                CliException.failed(
                    "Cannot use --model %s: the store has no such model; push it with: chitra models push DIR"
                        .formatted(named)));
  }

  private int send(
      Console console,
      Backend backend,
      StoredSchemas schemas,
      Replay replay,
      Summary summary,
      TopicScan.Listener progress)
      throws Exception {
    InstantSource clock = InstantSource.system();
    Follower follower = Follower.fromHere(backend.kafka(), schemas);
    Submissions submissions = new Submissions();
    replay.send(
        backend.kafka(),
        clock,
        Version.program(),
        Optional.ofNullable(priority),
        sent ->
            submissions.add(
                sent.place().topic(),
                sent.place().partition(),
                sent.place().offset(),
                sent.position(),
                sent.firstIndex(),
                sent.count()),
        progress);
    if (!wait) {
      print(console, summary, submissions.pictures(), null);
      return summary.refused().noLonger == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
    }
    Instant start = clock.instant();
    RunOutcome outcome;
    try (Progress bar =
        Progress.start(
            console.errScreen(), console.err(), clock, "pictures", submissions.pictures())) {
      outcome = new RunOutcome(backend, RunOutcome.Taker.NONE, submissions, bar);
      follower.follow(submissions, outcome);
    }
    print(
        console,
        summary,
        submissions.pictures(),
        new Waited(outcome, Duration.between(start, clock.instant())));
    return summary.refused().noLonger == 0 && outcome.failures().count() == 0
        ? ExitCode.OK
        : ExitCode.SOFTWARE;
  }

  private record Summary(Wanted wanted, Replay.Check check, Refused refused) {

    /** Submissions that nothing came of but a dead letter. */
    long neverGood() {
      return wanted.refused() + refused.never;
    }
  }

  private record Waited(RunOutcome outcome, Duration elapsed) {}

  private void print(Console console, Summary summary, long sent, @Nullable Waited waited) {
    if (json) {
      console.print(json(summary, sent, waited));
      return;
    }
    if (summary.neverGood() > 0) {
      console.say(
          "Left out %s that never could be rendered"
              .formatted(Humans.count(summary.neverGood(), "submission")));
    }
    console.say(
        "%s %s of %s to dataset %s"
            .formatted(
                sent > 0 ? "Sent" : "Would send",
                Humans.count(sent > 0 ? sent : summary.check().pictures(), "picture"),
                Humans.count(summary.check().submissions(), "submission"),
                to));
    if (waited != null) {
      RunOutcome outcome = waited.outcome();
      console.say(
          "%s rendered, %s reused, %s failed, %s cancelled in %s"
              .formatted(
                  Humans.count(outcome.rendered()),
                  Humans.count(outcome.reused()),
                  Humans.count(outcome.failures().count()),
                  Humans.count(outcome.cancelled()),
                  Humans.duration(waited.elapsed())));
      outcome.failures().lines(console.errScreen()).forEach(console::say);
    }
  }

  private Map<String, @Nullable Object> json(Summary summary, long sent, @Nullable Waited waited) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("to", to);
    json.put("jobs", summary.wanted().jobs());
    json.put("submissions", summary.check().submissions());
    json.put("pictures", summary.check().pictures());
    json.put("sent", sent);
    json.put("unreadable", summary.wanted().unreadable());
    json.put("never_good", summary.neverGood());
    json.put("refused", summary.refused().noLonger);
    if (waited != null) {
      RunOutcome outcome = waited.outcome();
      json.put("rendered", outcome.rendered());
      json.put("reused", outcome.reused());
      json.put("failed", outcome.failures().count());
      json.put("cancelled", outcome.cancelled());
      json.put("failures", outcome.failures().json());
      json.put("seconds", waited.elapsed().toMillis() / 1000.0);
    }
    return json;
  }

  /** Tells of jobs that are not sent, up to a number of them. */
  private static final class Refused implements Replay.Refusals {
    private final Console console;
    private long never;
    private long noLonger;

    Refused(Console console) {
      this.console = console;
    }

    @Override
    public void neverGood(Place submission, String why) {
      never++;
    }

    @Override
    public void noLongerGood(Place submission, String job, String why) {
      if (noLonger++ < MOST_REFUSALS_TOLD) {
        console.error("Cannot replay job %s (%s): %s".formatted(job, submission, why));
      }
    }

    void tellRest() {
      if (noLonger > MOST_REFUSALS_TOLD) {
        console.error(
            "... and %s more".formatted(Humans.count(noLonger - MOST_REFUSALS_TOLD, "job")));
      }
    }
  }
}
