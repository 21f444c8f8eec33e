package io.chitra.cli;

import io.chitra.cli.letters.Letter;
import io.chitra.cli.letters.Letter.JobName;
import io.chitra.cli.letters.Letter.Standing;
import io.chitra.cli.letters.LetterFilter;
import io.chitra.cli.letters.LetterLookup;
import io.chitra.cli.letters.LetterLookup.Opened;
import io.chitra.cli.letters.Letters;
import io.chitra.cli.letters.Redrive;
import io.chitra.cli.show.Humans;
import io.chitra.cli.show.TextTable;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobsAgain;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.TopicScan;
import io.chitra.schemas.Codec;
import io.chitra.store.StoredSchemas;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code chitra dead-letters}: what has failed for good, and asking for it again. */
@Command(
    name = "dead-letters",
    description =
        "Shows what has failed for good, and asks for it again once its cause is mended."
            + " A letter stands until a newer submission asks for its pictures.",
    footer = {
      "  chitra dead-letters list --filter dataset=weather",
      "  chitra dead-letters show 17",
      "  chitra dead-letters redrive --filter \"message~access denied\" --dry-run"
    },
    subcommands = {
      DeadLettersCommand.ListCommand.class,
      DeadLettersCommand.Show.class,
      DeadLettersCommand.RedriveCommand.class
    })
final class DeadLettersCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(),
        "Cannot tell what to do: list, show or redrive");
  }

  private Chitra chitra() {
    return Objects.requireNonNull(chitra);
  }

  private static LetterFilter filter(List<String> expressions) throws CliException {
    try {
      return LetterFilter.parse(expressions);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e);
    }
  }

  private static List<Letter> read(Console console, Backend backend, LetterFilter filter)
      throws Exception {
    try (ScanProgress progress =
        new ScanProgress(console, InstantSource.system(), "Reading", "records")) {
      return new Letters(
              new TopicScan(backend.kafka(), progress), new StoredSchemas(backend.objects()))
          .read(filter);
    }
  }

  private static Place place(String id, KafkaOptions kafka) throws CliException {
    return LetterLookup.place(id, kafka.topics())
        .orElseThrow(
            () ->
                CliException.usage(
                    "Cannot read '%s' as a dead letter: 17 or 0@17 would be right, as the list has them"
                        .formatted(id)));
  }

  private static String pictures(Letter letter) {
    return letter.range().map(Indexes.Range::toString).orElse("all");
  }

  private static Map<String, @Nullable Object> json(Letter letter) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("letter", letter.id());
    json.put("failed_at", letter.failedAt().toString());
    json.put("topic", letter.submission().topic());
    json.put("partition", letter.submission().partition());
    json.put("offset", letter.submission().offset());
    json.put("dataset", letter.job().map(JobName::dataset).orElse(null));
    json.put("job_id", letter.job().map(JobName::job).orElse(null));
    json.put("first_index", letter.range().map(Indexes.Range::first).orElse(null));
    json.put("index_count", letter.range().map(Indexes.Range::count).orElse(null));
    json.put("stage", letter.stage().name());
    json.put("error_class", letter.errorClass());
    json.put("message", letter.message());
    return json;
  }

  /** {@code chitra dead-letters list}. */
  @Command(
      name = "list",
      description = "Lists the dead letters that stand, the newest last.",
      footer = {
        "  chitra dead-letters list",
        "  chitra dead-letters list --filter dataset=weather --filter stage=RENDER",
        "  chitra dead-letters list --all --json"
      })
  static final class ListCommand implements Callable<Integer> {

    @ParentCommand private @Nullable DeadLettersCommand letters;
    @Mixin private PortOptions ports = new PortOptions();
    @Mixin private KafkaOptions kafka = new KafkaOptions();
    @Mixin private StoreOptions store = new StoreOptions();

    @Option(
        names = "--filter",
        paramLabel = "EXPR",
        order = 1,
        description =
            "dataset=, job=, stage=, error=, topic= or message~REGEX; != and !~ are their"
                + " opposites. Given more than once, all must hold.")
    private List<String> filter = new ArrayList<>();

    @Option(
        names = "--all",
        order = 2,
        description = "Also those whose pictures were asked for again.")
    private boolean all;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "100",
        order = 3,
        description = "How many of the newest are listed (default: ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--json", order = 4, description = "Print all of them, one JSON object each.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      LetterFilter filter = filter(this.filter);
      if (limit < 1) {
        throw CliException.usage(
            "Cannot list %d letters: 1 or more would be right".formatted(limit));
      }
      Chitra chitra = Objects.requireNonNull(letters).chitra();
      Console console = chitra.console();
      try (Backend backend = Backend.open(chitra, ports, kafka, store)) {
        backend.kafka().awaitTopics(backend.topicPatience());
        List<Letter> found = read(console, backend, filter);
        List<Letter> listed =
            all ? found : found.stream().filter(l -> l.standing() == Standing.STANDS).toList();
        if (json) {
          for (Letter letter : listed) {
            Map<String, @Nullable Object> line = DeadLettersCommand.json(letter);
            line.put("stands", letter.standing() == Standing.STANDS);
            console.print(line);
          }
        } else {
          print(console, listed, found.size() - listed.size());
        }
      }
      return ExitCode.OK;
    }

    private void print(Console console, List<Letter> listed, int again) {
      if (!listed.isEmpty()) {
        TextTable table =
            new TextTable(
                "letter", "failed at", "dataset", "job", "pictures", "stage", "error", "message");
        for (Letter letter : listed.subList(Math.max(0, listed.size() - limit), listed.size())) {
          table.row(
              letter.id() + (letter.standing() == Standing.STANDS ? "" : " (again)"),
              time(letter.failedAt()),
              letter.job().map(JobName::dataset).orElse("(unreadable)"),
              letter.job().map(JobName::job).orElse(letter.submission().toString()),
              pictures(letter),
              letter.stage().name(),
              letter.errorClass(),
              letter.message());
        }
        console.print(table);
      }
      if (listed.size() > limit) {
        console.say(
            "... and %s before these; --limit shows more"
                .formatted(Humans.count(listed.size() - limit)));
      }
      console.say(
          "%s%s"
              .formatted(
                  listed.isEmpty() ? "No dead letters" : Humans.count(listed.size(), "dead letter"),
                  again == 0
                      ? ""
                      : "; the pictures of %s more were asked for again, --all lists them"
                          .formatted(Humans.count(again))));
    }

    private static String time(Instant instant) {
      return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }

  /** {@code chitra dead-letters show}. */
  @Command(
      name = "show",
      description =
          "Shows all that a dead letter says, and the record that it is about: as a job where it"
              + " is one, else its bytes.",
      footer = {
        "  chitra dead-letters show 17",
        "  chitra dead-letters show 17 --save broken-job.avro"
      })
  static final class Show implements Callable<Integer> {

    private static final int MOST_BYTES = 1024;
    private static final int BYTES_A_LINE = 16;

    @ParentCommand private @Nullable DeadLettersCommand letters;
    @Mixin private PortOptions ports = new PortOptions();
    @Mixin private KafkaOptions kafka = new KafkaOptions();
    @Mixin private StoreOptions store = new StoreOptions();

    @Parameters(paramLabel = "LETTER", description = "The letter, as the list names it.")
    private String id = "";

    @Option(
        names = "--save",
        paramLabel = "FILE",
        order = 1,
        description = "Write the bytes of the original record's value into a file.")
    private @Nullable Path file;

    @Option(names = "--json", order = 2, description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Place place = place(id, kafka);
      Chitra chitra = Objects.requireNonNull(letters).chitra();
      Console console = chitra.console();
      try (Backend backend = Backend.open(chitra, ports, kafka, store)) {
        backend.kafka().awaitTopics(backend.topicPatience());
        try (LetterLookup lookup =
            LetterLookup.open(backend.kafka(), new StoredSchemas(backend.objects()))) {
          Opened letter =
              lookup
                  .find(place)
                  .orElseThrow(
                      () ->
                          CliException.failed(
                              "Cannot show %s: there is no such dead letter; chitra dead-letters list has them"
                                  .formatted(place)));
          if (file != null) {
            save(letter, file);
            console.say("Original bytes: " + file);
          }
          if (json) {
            console.print(json(letter));
          } else {
            print(console, letter);
          }
        }
      }
      return ExitCode.OK;
    }

    private void save(Opened letter, Path file) throws Exception {
      Optional<LetterLookup.Original> original = letter.original();
      if (original.isEmpty()) {
        throw CliException.failed(
            "Cannot save the original bytes of %s: the record had none".formatted(id));
      }
      Files.write(file, original.get().value());
    }

    private static Map<String, @Nullable Object> json(Opened opened) {
      Map<String, @Nullable Object> json = DeadLettersCommand.json(opened.letter());
      json.put("headers", opened.headers());
      json.put("job", opened.job().map(Object::toString).orElse(null));
      json.put(
          "value_base64",
          opened
              .original()
              .map(original -> Base64.getEncoder().encodeToString(original.value()))
              .orElse(null));
      return json;
    }

    private static void print(Console console, Opened opened) {
      Letter letter = opened.letter();
      TextTable table =
          new TextTable()
              .row("letter", letter.id())
              .row("failed at", letter.failedAt().toString())
              .row("submission", letter.submission().toString())
              .row("dataset", letter.job().map(JobName::dataset).orElse("(unreadable)"))
              .row("job", letter.job().map(JobName::job).orElse("(unreadable)"))
              .row("pictures", pictures(letter))
              .row("stage", letter.stage().name())
              .row("error", letter.errorClass())
              .row("message", letter.message());
      opened.headers().forEach((name, value) -> table.row("header " + name, value));
      console.printUncut(table);
      opened
          .original()
          .ifPresentOrElse(
              original -> {
                console.out().println();
                console
                    .out()
                    .println("The record: %s".formatted(Humans.bytes(original.value().length)));
                opened
                    .job()
                    .ifPresentOrElse(
                        job -> console.out().println(job.toString()),
                        () -> lines(original.value()).forEach(console.out()::println));
              },
              () -> console.out().println("The record had no bytes"));
    }

    /** The bytes as text where they are text, else in hexadecimal digits. */
    private static List<String> lines(byte[] bytes) {
      byte[] head = bytes.length <= MOST_BYTES ? bytes : java.util.Arrays.copyOf(bytes, MOST_BYTES);
      List<String> lines = new ArrayList<>();
      try {
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head)).toString();
        if (text.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\t')) {
          lines.addAll(text.lines().toList());
        }
      } catch (CharacterCodingException binary) {
        // shown below
      }
      if (lines.isEmpty()) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        for (int at = 0; at < head.length; at += BYTES_A_LINE) {
          int end = Math.min(at + BYTES_A_LINE, head.length);
          lines.add("%06x  %s".formatted(at, hex.formatHex(head, at, end)));
        }
      }
      if (bytes.length > head.length) {
        lines.add(
            "... and %s more; --save writes all"
                .formatted(Humans.bytes(bytes.length - head.length)));
      }
      return lines;
    }
  }

  /** {@code chitra dead-letters redrive}. */
  @Command(
      name = "redrive",
      description =
          "Asks again for the pictures of dead letters: of a whole submission with its original"
              + " bytes, of single pictures as ranges of their job, in the topic that it came from."
              + " Letters whose pictures were asked for again already are left out unless named.",
      footer = {
        "  chitra dead-letters redrive 17 18",
        "  chitra dead-letters redrive --filter dataset=weather --dry-run",
        "  chitra dead-letters redrive --all"
      })
  static final class RedriveCommand implements Callable<Integer> {

    private static final int MOST_ROWS = 100;

    @ParentCommand private @Nullable DeadLettersCommand letters;
    @Mixin private PortOptions ports = new PortOptions();
    @Mixin private KafkaOptions kafka = new KafkaOptions();
    @Mixin private StoreOptions store = new StoreOptions();

    @Parameters(
        paramLabel = "LETTER",
        arity = "0..*",
        description = "Letters, as the list names them.")
    private List<String> ids = new ArrayList<>();

    @Option(
        names = "--filter",
        paramLabel = "EXPR",
        order = 1,
        description = "Those that a filter picks; see the list's help.")
    private List<String> filter = new ArrayList<>();

    @Option(names = "--all", order = 2, description = "All that stand.")
    private boolean all;

    @Option(names = "--dry-run", order = 3, description = "Only say what would be sent.")
    private boolean dryRun;

    @Option(names = "--json", order = 4, description = "Print one JSON object a submission.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      LetterFilter filter = filter(this.filter);
      int ways = (ids.isEmpty() ? 0 : 1) + (this.filter.isEmpty() ? 0 : 1) + (all ? 1 : 0);
      if (ways != 1) {
        throw CliException.usage(
            "Cannot tell which letters are meant: name letters, or give --filter, or --all");
      }
      Set<Place> named = new HashSet<>();
      for (String id : ids) {
        named.add(place(id, kafka));
      }
      Chitra chitra = Objects.requireNonNull(letters).chitra();
      Console console = chitra.console();
      try (Backend backend = Backend.open(chitra, ports, kafka, store)) {
        backend.kafka().awaitTopics(backend.topicPatience());
        List<Letter> chosen =
            read(console, backend, filter).stream()
                .filter(
                    letter ->
                        named.isEmpty()
                            ? letter.standing() == Standing.STANDS
                            : named.remove(letter.place()))
                .toList();
        for (Place missing : named) {
          console.error("There is no dead letter %s".formatted(missing));
        }
        Redrive redrive = Redrive.of(chosen);
        List<String> unsent = dryRun ? List.of() : send(backend, redrive);
        tell(console, redrive);
        unsent.forEach(console::error);
        return unsent.isEmpty() && named.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
      }
    }

    private static List<String> send(Backend backend, Redrive redrive) throws Exception {
      StoredSchemas schemas = new StoredSchemas(backend.objects());
      schemas.keep(Codec.renderJobs());
      try (LetterLookup lookup = LetterLookup.open(backend.kafka(), schemas);
          JobsAgain again =
              JobsAgain.open(
                  backend.kafka(), schemas, InstantSource.system(), Version.program(), "redrive")) {
        return redrive.send(again, lookup);
      }
    }

    private void tell(Console console, Redrive redrive) {
      if (json) {
        redrive.wholes().forEach(letter -> console.print(json(letter.submission(), "all")));
        redrive.ranges().forEach((of, indexes) -> console.print(json(of, indexes.toString())));
      } else {
        table(console, redrive);
      }
      console.say(
          "%s %s and %s again"
              .formatted(
                  dryRun ? "Would send" : "Sent",
                  Humans.count(redrive.wholes().size(), "whole submission"),
                  Humans.count(redrive.pictures(), "single picture")));
    }

    private static void table(Console console, Redrive redrive) {
      TextTable table = new TextTable("submission", "job", "pictures");
      int rows = 0;
      for (Letter letter : redrive.wholes()) {
        if (rows++ < MOST_ROWS) {
          table.row(
              letter.submission(), letter.job().map(JobName::job).orElse("(unreadable)"), "all");
        }
      }
      for (Map.Entry<Place, Indexes> submission : redrive.ranges().entrySet()) {
        if (rows++ < MOST_ROWS) {
          table.row(submission.getKey(), "", submission.getValue());
        }
      }
      if (rows > 0) {
        console.print(table);
      }
      if (rows > MOST_ROWS) {
        console.say("... and %s more; --json has all".formatted(Humans.count(rows - MOST_ROWS)));
      }
    }

    private static Map<String, Object> json(Place of, String indexes) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("topic", of.topic());
      json.put("partition", of.partition());
      json.put("offset", of.offset());
      json.put("indexes", indexes);
      return json;
    }
  }
}
