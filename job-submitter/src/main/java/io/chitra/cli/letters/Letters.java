package io.chitra.cli.letters;

import io.chitra.cli.letters.Letter.JobName;
import io.chitra.cli.letters.Letter.Standing;
import io.chitra.cli.topics.AskedJob;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.JobRuns;
import io.chitra.cli.topics.JobsAgain;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.TopicScan;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The dead letters of a cluster, and which of them stand: those whose pictures no newer submission
 * of their job asks for. Keeps what it reads of each letter in memory, without its bytes. Used by
 * one thread.
 */
public final class Letters {

  private final TopicScan topics;
  private final Codec<DeadLetter> deadLetters;
  private final Codec<RenderJob> jobs;

  public Letters(TopicScan topics, SchemaSource schemas) {
    this.topics = topics;
    this.deadLetters = Codec.deadLetters().withSchemas(schemas);
    this.jobs = Codec.renderJobs().withSchemas(schemas);
  }

  /** The letters that a filter picks, in the order of their topic. */
  public List<Letter> read(LetterFilter filter) throws TopicException, InterruptedException {
    List<Letter> letters = new ArrayList<>();
    Texts texts = new Texts();
    topics.read(
        record ->
            decoded(record)
                .map(letter -> texts.shared(Letter.of(Place.of(record), letter, asked(letter))))
                .filter(filter::picks)
                .ifPresent(letters::add),
        Set.of(Topic.DEAD_LETTERS));
    return letters.isEmpty() ? letters : judged(letters);
  }

  private List<Letter> judged(List<Letter> letters) throws TopicException, InterruptedException {
    Map<JobName, JobRuns> runs = new HashMap<>();
    letters.forEach(letter -> letter.job().ifPresent(name -> runs.put(name, new JobRuns())));
    Set<Place> taken = new HashSet<>();
    topics.read(
        record -> {
          takenFrom(record).ifPresent(taken::add);
          asked(record.value())
              .ifPresent(
                  job -> {
                    JobRuns of = runs.get(new JobName(job.dataset(), job.job()));
                    if (of != null) {
                      of.add(job.run(Place.of(record), record.timestamp()));
                    }
                  });
        },
        Topic.OF_JOBS);
    Map<Place, Indexes> counting = new HashMap<>();
    runs.values().forEach(of -> counting.putAll(of.counting()));
    return letters.stream().map(letter -> judged(letter, taken, counting)).toList();
  }

  private static Letter judged(Letter letter, Set<Place> taken, Map<Place, Indexes> counting) {
    if (taken.contains(letter.place())) {
      return letter.with(Standing.ASKED_AGAIN);
    }
    Indexes own = letter.job().isPresent() ? counting.get(letter.submission()) : null;
    if (own == null) {
      return letter;
    }
    boolean stands =
        letter
            .range()
            .map(range -> !own.and(Indexes.of(range.first(), range.end())).isEmpty())
            .orElse(!own.isEmpty());
    return stands ? letter : letter.with(Standing.ASKED_AGAIN);
  }

  /** The letter that a job's record was taken from, if it was. */
  private static Optional<Place> takenFrom(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(JobsAgain.LETTER);
    return header == null
        ? Optional.empty()
        : Place.parse(new String(header.value(), StandardCharsets.UTF_8));
  }

  /** What is in the topic and no dead letter is passed over. */
  private Optional<DeadLetter> decoded(ConsumerRecord<byte[], byte[]> record) {
    return deadLetters.ifReadable(record.value());
  }

  private Optional<AskedJob> asked(DeadLetter letter) {
    return LetterBytes.of(letter.getValue()).flatMap(this::asked);
  }

  private Optional<AskedJob> asked(byte @Nullable [] value) {
    return jobs.ifReadable(value).map(AskedJob::of);
  }

  /** The bytes of a field. */
  static final class LetterBytes {
    private LetterBytes() {}

    static Optional<byte[]> of(@Nullable ByteBuffer field) {
      if (field == null) {
        return Optional.empty();
      }
      byte[] bytes = new byte[field.remaining()];
      field.duplicate().get(bytes);
      return Optional.of(bytes);
    }
  }

  /** Keeps one of many equal texts: a hundred thousand letters have a few messages. */
  private static final class Texts {
    private static final int MOST = 100_000;

    private final Map<String, String> texts = new HashMap<>();

    Letter shared(Letter letter) {
      return new Letter(
          letter.place(),
          letter.failedAt(),
          letter.submission(),
          letter.job().map(name -> new JobName(shared(name.dataset()), shared(name.job()))),
          letter.range(),
          letter.stage(),
          shared(letter.errorClass()),
          shared(letter.message()),
          letter.standing());
    }

    private String shared(String text) {
      if (texts.size() >= MOST) {
        return texts.getOrDefault(text, text);
      }
      String before = texts.putIfAbsent(text, text);
      return before == null ? text : before;
    }
  }
}
