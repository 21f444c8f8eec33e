package io.chitra.cli;

import io.chitra.cli.letters.Retry;
import io.chitra.cli.letters.Retry.What;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.TextTable;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobsAgain;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.TopicScan;
import io.chitra.schemas.Codec;
import io.chitra.store.StoredSchemas;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code chitra retry}: asks again for the pictures of one job. */
@Command(
    name = "retry",
    description =
        "Asks again for those pictures of a job that failed or were cancelled; what a newer"
            + " submission asks for already is left out. Does not wait for the pictures.",
    footer = {
      "  chitra retry apple --dataset first-look",
      "  chitra retry apple --dataset first-look --cancelled --dry-run",
      "  chitra retry apple --dataset first-look --index 3,7-9"
    })
final class RetryCommand implements Callable<Integer> {

  private static final Pattern RANGE = Pattern.compile("(\\d{1,10})(?:-(\\d{1,10}))?");

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(paramLabel = "JOB", description = "The job's id.")
  private String job = "";

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      required = true,
      order = 1,
      description = "The dataset that the job is in.")
  private String dataset = "";

  @Option(names = "--failed", order = 2, description = "Only what failed.")
  private boolean failed;

  @Option(names = "--cancelled", order = 3, description = "Only what was cancelled.")
  private boolean cancelled;

  @Option(
      names = "--index",
      paramLabel = "N,N-M",
      order = 4,
      description = "Just these, whatever has come of them.")
  private @Nullable String indexes;

  @Option(names = "--dry-run", order = 5, description = "Only say what would be sent.")
  private boolean dryRun;

  @Option(names = "--json", order = 6, description = "Print one JSON object a submission.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Optional<Indexes> given = given();
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    try (Backend backend = Backend.open(chitra, ports, kafka, store)) {
      backend.kafka().awaitTopics(backend.topicPatience());
      Map<Place, Indexes> found = find(console, backend, given);
      if (!dryRun && !found.isEmpty()) {
        send(backend, found);
      }
      print(console, found);
      return ExitCode.OK;
    }
  }

  private Optional<Indexes> given() throws CliException {
    if (indexes == null) {
      return Optional.empty();
    }
    if (failed || cancelled) {
      throw CliException.usage("Cannot combine --index with --failed or --cancelled: give one");
    }
    Indexes given = new Indexes();
    for (String part : indexes.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw CliException.usage("Cannot read --index %s: 3,7-9 would be right".formatted(indexes));
      }
      long first = Long.parseLong(range.group(1));
      long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
      if (last < first) {
        throw CliException.usage(
            "Cannot read --index %s: %s ends before it begins".formatted(indexes, part));
      }
      given.add(first, last + 1);
    }
    return Optional.of(given);
  }

  private Map<Place, Indexes> find(Console console, Backend backend, Optional<Indexes> given)
      throws Exception {
    try (ScanProgress progress =
        new ScanProgress(console, InstantSource.system(), "Reading", "records")) {
      Retry retry =
          new Retry(
              new TopicScan(backend.kafka(), progress),
              new StoredSchemas(backend.objects()),
              dataset,
              job);
      if (!retry.find()) {
        throw CliException.failed(
            "Cannot retry job %s: dataset %s has no such job; chitra status --dataset %s lists its jobs"
                .formatted(job, dataset, dataset));
      }
      if (given.isEmpty()) {
        return retry.ended(ways());
      }
      Indexes beyond = given.get().without(Indexes.of(0, retry.pictures()));
      if (!beyond.isEmpty()) {
        throw CliException.usage(
            "Cannot retry pictures %s of job %s: it has %s, 0 to %d"
                .formatted(
                    beyond, job, Humans.count(retry.pictures(), "picture"), retry.pictures() - 1));
      }
      return retry.given(given.get());
    }
  }

  private Set<What> ways() {
    Set<What> ways = EnumSet.noneOf(What.class);
    if (failed || !cancelled) {
      ways.add(What.FAILED);
    }
    if (cancelled || !failed) {
      ways.add(What.CANCELLED);
    }
    return ways;
  }

  private static void send(Backend backend, Map<Place, Indexes> found) throws Exception {
    StoredSchemas schemas = new StoredSchemas(backend.objects());
    schemas.keep(Codec.renderJobs());
    try (JobsAgain again =
        JobsAgain.open(
            backend.kafka(), schemas, InstantSource.system(), Version.program(), "retry")) {
      Retry.send(found, again);
    } catch (JobsAgain.NoSuchJobException e) {
      throw CliException.failed(String.valueOf(e.getMessage()));
    }
  }

  private void print(Console console, Map<Place, Indexes> found) {
    long pictures = found.values().stream().mapToLong(Indexes::size).sum();
    if (json) {
      found.forEach((of, again) -> console.print(json(of, again)));
    } else if (!found.isEmpty()) {
      TextTable table = new TextTable("submission", "pictures", "indexes");
      found.forEach((of, again) -> table.row(of, again.size(), again));
      console.print(table);
    }
    if (found.isEmpty()) {
      console.say("Nothing of job %s is worth another try".formatted(job));
    } else {
      console.say(
          "%s %s of job %s again"
              .formatted(dryRun ? "Would send" : "Sent", Humans.count(pictures, "picture"), job));
    }
  }

  private static Map<String, Object> json(Place of, Indexes again) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("topic", of.topic());
    json.put("partition", of.partition());
    json.put("offset", of.offset());
    json.put("pictures", again.size());
    List<Map<String, Object>> ranges = new ArrayList<>();
    again
        .ranges()
        .forEach(
            range ->
                ranges.add(Map.of("first_index", range.first(), "index_count", range.count())));
    json.put("ranges", ranges);
    return json;
  }
}
