package io.chitra.cli;

import io.chitra.cli.dataset.ImageFolder;
import io.chitra.cli.follow.Follower;
import io.chitra.cli.follow.RecordFiles;
import io.chitra.cli.follow.Submissions;
import io.chitra.cli.lineage.Amount;
import io.chitra.cli.lineage.LineageDataset;
import io.chitra.cli.lineage.LineageRun;
import io.chitra.cli.show.ContactSheet;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Progress;
import io.chitra.cli.submit.JobReader;
import io.chitra.cli.submit.JobSender;
import io.chitra.cli.topics.Topic;
import io.chitra.schemas.Codec;
import io.chitra.store.StoredSchemas;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/**
 * {@code chitra render}: sends jobs, follows them until every picture has ended, and writes the
 * dataset.
 */
@Command(
    name = "render",
    description =
        "Renders the jobs of a file into a folder that Hugging Face's imagefolder reads; starts a"
            + " stack where none runs.",
    footer = {
      "  chitra render examples/first-look.jsonl --out out",
      "  chitra render --prompt \"a blue cat\" --seed 7 -n 4",
      "  generate-prompts | chitra render - --dataset weather --steps 25",
    })
final class RenderCommand implements Callable<Integer> {

  private static final Duration RECORDS_PATIENCE = Duration.ofSeconds(10);

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private JobOptions jobs = new JobOptions();
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();
  @Mixin private LineageOptions lineage = new LineageOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      order = 5,
      description =
          "Folder for the pictures, metadata.jsonl and contact-sheet.png; what an earlier run"
              + " wrote there is replaced (default: out/<dataset>).")
  private @Nullable Path out;

  @Option(names = "--json", order = 6, description = "Print the summary as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    return lineage
        .lineage()
        .recorded("render", "Renders the jobs of a file into a folder of pictures", this::render);
  }

  private int render(LineageRun run) throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    try (Intake intake = Intake.read(chitra, jobs, System.in)) {
      Path folder = out == null ? Path.of("out", intake.dataset()) : out;
      console.say(
          "Rendering %s of %s"
              .formatted(
                  Humans.count(intake.check().pictures(), "picture"),
                  Humans.count(intake.check().jobs(), "job")));
      try (Backend backend = Backend.open(chitra, ports, kafka, store);
          ImageFolder dataset = ImageFolder.open(folder, backend::picture)) {
        RenderSummary summary = render(run, chitra, console, intake, backend, dataset, folder);
        if (json) {
          console.print(summary.json());
        } else {
          summary.print(console);
        }
        return summary.allGood() ? ExitCode.OK : ExitCode.SOFTWARE;
      }
    }
  }

  private RenderSummary render(
      LineageRun run,
      Chitra chitra,
      Console console,
      Intake intake,
      Backend backend,
      ImageFolder dataset,
      Path folder)
      throws Exception {
    backend.kafka().awaitTopics(backend.topicPatience());
    intake.push(console, backend, chitra.state().resolve("model-cache"));
    StoredSchemas schemas = new StoredSchemas(backend.objects());
    schemas.keep(Codec.renderJobs());
    Follower follower = Follower.fromHere(backend.kafka(), schemas);
    LineagePlaces places = new LineagePlaces(backend);
    LineageDataset topic = places.topic(jobs.priority().topic());
    LineageDataset rows = places.dataset(intake.dataset());
    LineageDataset files = LineageDataset.file(folder, "An imagefolder of pictures");
    intake.tell(run, places);
    run.writes(topic).writes(rows).writes(files).begun();

    InstantSource clock = InstantSource.system();
    Instant start = clock.instant();
    Submissions submissions = new Submissions();
    try (JobReader reader = intake.again()) {
      new JobSender(backend.kafka(), clock, Version.program(), jobs.priority())
          .send(
              reader,
              sent ->
                  submissions.add(
                      sent.topic(),
                      sent.partition(),
                      sent.offset(),
                      sent.position(),
                      sent.firstIndex(),
                      sent.count()));
    }

    RunOutcome outcome;
    try (Progress progress =
        Progress.start(
            console.errScreen(), console.err(), clock, "pictures", submissions.pictures())) {
      outcome = new RunOutcome(backend, dataset::add, submissions, progress);
      follower.follow(submissions, outcome);
    }
    Duration elapsed = Duration.between(start, clock.instant());

    ImageFolder.Written written = dataset.finish();
    run.writes(topic, Amount.rows(submissions.jobs()))
        .writes(rows, Amount.rows(outcome.rendered() + outcome.reused()))
        .writes(files, Amount.rows(written.rows()));
    boolean sheet = drawContactSheet(console, dataset);
    String results = backend.kafka().topics().name(Topic.RESULTS);
    boolean recordsThere =
        !backend.ownStack()
            || RecordFiles.await(backend.objects(), results, follower.produced(), RECORDS_PATIENCE);
    return new RenderSummary(
        intake.dataset(),
        intake.check().refused(),
        submissions.jobs(),
        outcome,
        elapsed,
        folder,
        written,
        sheet ? Optional.of(dataset.contactSheet()) : Optional.empty(),
        recordsThere,
        backend.address("images/"),
        backend.address(RecordFiles.prefix()),
        results,
        backend.s3Endpoint(),
        backend.ownStack() ? Optional.empty() : backend.flinkUi());
  }

  private static boolean drawContactSheet(Console console, ImageFolder dataset) throws Exception {
    List<ContactSheet.Tile> tiles = new ArrayList<>();
    int positions = dataset.positions();
    int[] picked = ContactSheet.pick(positions);
    for (int i = 0; i < picked.length; i++) {
      int next = i + 1 < picked.length ? picked[i + 1] : positions;
      for (int at = picked[i]; at < next; at++) {
        Optional<ImageFolder.Entry> entry = dataset.entry(at);
        if (entry.isPresent()) {
          ImageFolder.Entry picture = entry.get();
          tiles.add(
              new ContactSheet.Tile(
                  picture.file(), picture.prompt(), picture.jobId() + "-" + picture.index()));
          break;
        }
      }
    }
    if (tiles.isEmpty()) {
      return false;
    }
    try {
      ContactSheet.draw(tiles, dataset.contactSheet());
      return true;
    } catch (IOException e) {
      console.warn("Cannot draw the contact sheet: " + e.getMessage());
      return false;
    }
  }
}
