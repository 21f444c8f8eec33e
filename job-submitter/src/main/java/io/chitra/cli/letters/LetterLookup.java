package io.chitra.cli.letters;

import io.chitra.cli.letters.Letters.LetterBytes;
import io.chitra.cli.topics.AskedJob;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.RecordLookup;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.Topics;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Reads single dead letters with everything that they carry. Used by one thread. */
public final class LetterLookup implements AutoCloseable {

  private static final Pattern ID = Pattern.compile("(?:(\\d{1,9})@)?(\\d{1,18})");

  private final RecordLookup lookup;
  private final Codec<DeadLetter> deadLetters;
  private final Codec<RenderJob> jobs;

  /**
   * A letter and what it carries.
   *
   * @param content all fields
   * @param headers of its record
   * @param original the bytes of the record that it is about, where they are there
   * @param job these bytes as a job, where they are one
   */
  public record Opened(
      Letter letter,
      DeadLetter content,
      Map<String, String> headers,
      Optional<Original> original,
      Optional<RenderJob> job) {}

  /** Key and value of a record of the jobs topics. */
  public static final class Original {
    private final byte @Nullable [] key;
    private final byte[] value;

    Original(byte @Nullable [] key, byte[] value) {
      this.key = key;
      this.value = value;
    }

    public byte @Nullable [] key() {
      return key;
    }

    public byte[] value() {
      return value;
    }
  }

  private LetterLookup(RecordLookup lookup, SchemaSource schemas) {
    this.lookup = lookup;
    this.deadLetters = Codec.deadLetters().withSchemas(schemas);
    this.jobs = Codec.renderJobs().withSchemas(schemas);
  }

  public static LetterLookup open(KafkaCluster kafka, SchemaSource schemas) throws TopicException {
    return new LetterLookup(RecordLookup.open(kafka), schemas);
  }

  /**
   * Where a letter lies that is named {@code 17}, {@code 0@17} or {@code render.dead-letters-0@17};
   * empty for anything else.
   */
  public static Optional<Place> place(String id, Topics topics) {
    String letters = topics.name(Topic.DEAD_LETTERS);
    Matcher parts = ID.matcher(id);
    if (parts.matches()) {
      int partition = parts.group(1) == null ? 0 : Integer.parseInt(parts.group(1));
      return Optional.of(new Place(letters, partition, Long.parseLong(parts.group(2))));
    }
    return Place.parse(id).filter(place -> place.topic().equals(letters));
  }

  /** The letter at a place, if there is one. */
  public Optional<Opened> find(Place place) throws TopicException, InterruptedException {
    Optional<ConsumerRecord<byte[], byte[]>> record = lookup.find(place);
    if (record.isEmpty() || record.get().value() == null) {
      return Optional.empty();
    }
    DeadLetter letter;
    try {
      letter = deadLetters.decode(record.get().value());
    } catch (BadRecordException noLetter) {
      return Optional.empty();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    record
        .get()
        .headers()
        .forEach(
            header ->
                headers.put(
                    header.key(),
                    header.value() == null
                        ? ""
                        : new String(header.value(), StandardCharsets.UTF_8)));
    Optional<Original> original = original(letter);
    Optional<RenderJob> job = original.flatMap(bytes -> job(bytes.value()));
    boolean carriesBytes = letter.getValue() != null;
    return Optional.of(
        new Opened(
            Letter.of(place, letter, carriesBytes ? job.map(AskedJob::of) : Optional.empty()),
            letter,
            headers,
            original,
            job));
  }

  /** The bytes that the letter at a place is about; empty when there are none. */
  Optional<Original> original(Place place) throws TopicException, InterruptedException {
    return find(place).flatMap(Opened::original);
  }

  /** What the letter carries; else what lies where the submission was. */
  private Optional<Original> original(DeadLetter letter)
      throws TopicException, InterruptedException {
    Optional<byte[]> carried = LetterBytes.of(letter.getValue());
    if (carried.isPresent()) {
      return Optional.of(new Original(LetterBytes.of(letter.getKey()).orElse(null), carried.get()));
    }
    return lookup
        .find(Place.of(letter.getSubmission()))
        .filter(record -> record.value() != null)
        .map(record -> new Original(record.key(), record.value()));
  }

  private Optional<RenderJob> job(byte[] value) {
    return jobs.ifReadable(value);
  }

  @Override
  public void close() {
    lookup.close();
  }
}
