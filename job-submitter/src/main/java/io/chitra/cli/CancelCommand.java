package io.chitra.cli;

import io.chitra.cli.follow.AskedFor;
import io.chitra.cli.follow.Follower;
import io.chitra.cli.follow.Submissions;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.Progress;
import io.chitra.cli.submit.CancelSender;
import io.chitra.job.JobRules;
import io.chitra.schemas.Codec;
import io.chitra.store.StoredSchemas;
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

/** {@code chitra cancel}: what was asked for is wanted no more. */
@Command(
    name = "cancel",
    description =
        "Cancels the pictures of a job, or of a whole dataset, that are not made yet, waiting or"
            + " running, and waits until they are. It covers what has been submitted by now: the"
            + " same job submitted again later is rendered.",
    footer = {
      "  chitra cancel cat-7 --dataset animals",
      "  chitra cancel --dataset animals --no-wait",
      "  chitra cancel --dataset animals --kafka broker:9092 --s3 http://minio:9000 --json"
    })
final class CancelCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "JOB",
      description = "The job (default: every job of the dataset).")
  private @Nullable String job;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      required = true,
      order = 1,
      description = "The dataset that it is in.")
  private String dataset = "";

  @Option(
      names = "--no-wait",
      order = 2,
      description = "Only ask; do not wait until the pictures have ended.")
  private boolean noWait;

  @Option(names = "--json", order = 3, description = "Print what has become of it as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    for (String name : new String[] {dataset, job == null ? dataset : job}) {
      if (!JobRules.isName(name)) {
        throw CliException.usage(
            "Cannot cancel '%s': a name has 1 to 128 of A-Z a-z 0-9 . _ -".formatted(name));
      }
    }
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    try (Backend backend = Backend.open(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      StoredSchemas schemas = new StoredSchemas(backend.objects());
      schemas.keep(Codec.cancels());
      AskedFor asked = AskedFor.read(backend.kafka(), schemas, dataset, Optional.ofNullable(job));
      if (asked.submissions().jobs() == 0) {
        throw CliException.failed(
            "Cannot cancel %s: nobody has asked for it; chitra status lists the datasets, with --dataset the jobs"
                .formatted(what()));
      }
      Sums sums = noWait ? ask(backend, asked) : askAndWait(console, backend, schemas, asked);
      if (json) {
        console.print(sums.json(dataset, job));
      } else {
        console.out().println(sums.line(what()));
      }
      return ExitCode.OK;
    }
  }

  private String what() {
    return job == null ? "dataset " + dataset : "job %s of dataset %s".formatted(job, dataset);
  }

  private Sums ask(Backend backend, AskedFor asked) throws Exception {
    send(backend, asked);
    return new Sums(asked.submissions().jobs(), asked.submissions().pictures(), null, null);
  }

  private void send(Backend backend, AskedFor asked) throws Exception {
    new CancelSender(backend.kafka(), InstantSource.system(), Version.program())
        .send(dataset, Optional.ofNullable(job), asked.until());
  }

  private Sums askAndWait(Console console, Backend backend, StoredSchemas schemas, AskedFor asked)
      throws Exception {
    Submissions submissions = asked.submissions();
    Follower follower = Follower.since(backend.kafka(), schemas, asked.first());
    try (Progress progress =
        Progress.start(
            console.errScreen(),
            console.err(),
            InstantSource.system(),
            "pictures",
            submissions.pictures())) {
      CancelOutcome outcome = new CancelOutcome(backend, submissions, progress);
      follower.catchUp(submissions, outcome);
      long before = outcome.cancelled();
      long open = submissions.pictures() - submissions.ended();
      if (open > 0) {
        send(backend, asked);
        follower.follow(submissions, outcome);
      }
      return new Sums(
          submissions.jobs(), submissions.pictures(), open, outcome.cancelled() - before);
    }
  }

  /**
   * What has become of it.
   *
   * @param open pictures that had not ended when it was asked; null where nobody looked
   * @param cancelled how many of them were cancelled; the others had been made or had failed first
   */
  private record Sums(
      int submissions, long pictures, @Nullable Long open, @Nullable Long cancelled) {

    String line(String what) {
      if (open == null || cancelled == null) {
        return "Asked to cancel %s: what has not ended of %s"
            .formatted(what, Humans.count(pictures, "picture"));
      }
      if (open == 0) {
        return "Nothing to cancel: all %s of %s had ended"
            .formatted(Humans.count(pictures, "picture"), what);
      }
      String made =
          cancelled.equals(open)
              ? ""
              : ", %s ended meanwhile".formatted(Humans.count(open - cancelled));
      return "Cancelled %s of %s; %s had ended before%s"
          .formatted(Humans.count(cancelled, "picture"), what, Humans.count(pictures - open), made);
    }

    Map<String, @Nullable Object> json(String dataset, @Nullable String job) {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("dataset", dataset);
      json.put("job_id", job);
      json.put("submissions", submissions);
      json.put("pictures", pictures);
      json.put("ended_before", open == null ? null : pictures - open);
      json.put("cancelled", cancelled);
      json.put("ended_meanwhile", open == null || cancelled == null ? null : open - cancelled);
      return json;
    }
  }
}
