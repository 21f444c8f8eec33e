package io.chitra.checker;

import io.chitra.checker.Findings.Wrong;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Looks at all topics and objects of one deployment. For one thread. */
final class Checker {

  private static final List<String> JOBS =
      List.of("render.jobs", "render.jobs.high", "render.jobs.low");

  /** In the order in which they are printed, also when they are 0. */
  private static final List<String> COUNTS =
      List.of(
          "submissions",
          "asked",
          "records",
          "dead_letters",
          "cancelled",
          "repaired",
          "objects_of_records",
          "pictures_decoded",
          "objects",
          "orphans");

  /** The header of a submission that asks for pictures of another one again. */
  private static final String AGAIN = "chitra.again.of";

  private final Schemas schemas;
  private final Findings findings = new Findings();

  Checker(Schemas schemas) {
    this.schemas = schemas;
  }

  /**
   * @param bootstrapServers of Kafka
   * @param prefix of all keys in the bucket
   */
  Findings check(String bootstrapServers, Bucket bucket, String prefix, Objects.Depth depth)
      throws IOException, InterruptedException {
    for (String count : COUNTS) {
      findings.count(count, 0);
    }
    Topics topics = new Topics(bootstrapServers, findings);
    Coverage coverage = new Coverage(findings);
    Objects objects = new Objects(findings);
    topics.read(
        JOBS,
        record ->
            coverage.submission(
                new Place(record.topic(), record.partition(), record.offset()),
                record.value(),
                decoded(record.value()),
                again(record)));
    topics.read(
        List.of("render.results"),
        events(
            (coverageOf, record) -> {
              coverageOf.record(record);
              objects.record(record);
            },
            coverage));
    topics.read(List.of("render.dead-letters"), events(Coverage::deadLetter, coverage));
    topics.read(List.of("render.cancelled"), events(Coverage::cancelled, coverage));
    coverage.close();
    objects.look(bucket, prefix, depth);
    return findings;
  }

  /** The submission whose pictures this one asks for again. */
  private static Optional<Place> again(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(AGAIN);
    return header == null
        ? Optional.empty()
        : Place.parse(new String(header.value(), StandardCharsets.UTF_8));
  }

  private Optional<GenericRecord> decoded(byte @Nullable [] value) {
    return value == null ? Optional.empty() : schemas.decode(value);
  }

  private java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> events(
      BiConsumer<Coverage, GenericRecord> event, Coverage coverage) {
    return record ->
        decoded(record.value())
            .ifPresentOrElse(
                value -> event.accept(coverage, value),
                () ->
                    findings.add(
                        Wrong.BROKEN,
                        1,
                        "%s-%d@%d cannot be read"
                            .formatted(record.topic(), record.partition(), record.offset())));
  }
}
