package io.chitra.cli;

import io.chitra.cli.lineage.Amount;
import io.chitra.cli.lineage.LineageDataset;
import io.chitra.cli.lineage.LineageRun;
import io.chitra.cli.show.Humans;
import io.chitra.cli.submit.JobReader;
import io.chitra.cli.submit.JobSender;
import io.chitra.cli.submit.JobSender.Sent;
import io.chitra.schemas.Codec;
import io.chitra.store.StoredSchemas;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra submit}: sends jobs, and does not wait for what comes of them. */
@Command(
    name = "submit",
    description =
        "Sends the jobs of a file to Kafka and prints where each lies in the topic of its priority"
            + " (render.jobs); with --kafka to one that runs elsewhere. Does not wait for the"
            + " pictures.",
    footer = {
      "  chitra submit examples/first-look.jsonl",
      "  chitra submit campaign.jsonl --priority high",
      "  chitra submit jobs.csv --kafka broker:9092 --s3 http://minio:9000 --bucket pictures",
      "  chitra submit campaign.jsonl --openlineage lineage.jsonl",
    })
final class SubmitCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private JobOptions jobs = new JobOptions();
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();
  @Mixin private LineageOptions lineage = new LineageOptions();

  @Option(names = "--json", order = 6, description = "Print one JSON object a submission.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    return lineage.lineage().recorded("submit", "Sends the jobs of a file to Kafka", this::submit);
  }

  private int submit(LineageRun run) throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    try (Intake intake = Intake.read(chitra, jobs, System.in);
        Backend backend = Backend.open(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      intake.push(console, backend, chitra.state().resolve("model-cache"));
      new StoredSchemas(backend.objects()).keep(Codec.renderJobs());
      LineagePlaces places = new LineagePlaces(backend);
      LineageDataset topic = places.topic(jobs.priority().topic());
      intake.tell(run, places);
      run.writes(topic).begun();
      AtomicLong pictures = new AtomicLong();
      try (JobReader reader = intake.again()) {
        new JobSender(backend.kafka(), InstantSource.system(), Version.program(), jobs.priority())
            .send(
                reader,
                sent -> {
                  pictures.addAndGet(sent.count());
                  print(console, sent);
                });
      }
      run.writes(topic, Amount.rows(intake.check().jobs()));
      int refused = intake.check().refused();
      console.say(
          "Submitted %s, %s; %s refused%s"
              .formatted(
                  Humans.count(intake.check().jobs(), "job"),
                  Humans.count(pictures.get(), "picture"),
                  Humans.count(refused, "line"),
                  backend.ownStack()
                      ? ". No stack was running here: they wait in " + chitra.state() + " for one"
                      : ""));
      return refused == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private void print(Console console, Sent sent) {
    if (json) {
      Map<String, Object> submission = new LinkedHashMap<>();
      submission.put("job_id", sent.jobId());
      submission.put("topic", sent.topic());
      submission.put("partition", sent.partition());
      submission.put("offset", sent.offset());
      submission.put("first_index", sent.firstIndex());
      submission.put("index_count", sent.count());
      console.print(submission);
    } else {
      console
          .out()
          .println(
              "%s-%d@%d  %s  %s"
                  .formatted(
                      sent.topic(),
                      sent.partition(),
                      sent.offset(),
                      sent.jobId(),
                      Humans.count(sent.count(), "picture")));
    }
  }
}
