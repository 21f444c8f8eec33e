package io.chitra.cli.lineage;

import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Topic;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.store.BucketPlace;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Something that is read or written, by OpenLineage's names: topics, S3 and files as its naming
 * conventions have them; a dataset of Chitra as {@code chitra://BUCKET/PREFIX} and its own name.
 *
 * @param description what it is, for a person
 * @param source where it lies; null: the namespace says all
 * @param fields of its rows; empty where it has none, or nobody knows
 * @param version of it that was read, as offsets of topics; null: it has none
 */
public record LineageDataset(
    String namespace,
    String name,
    String description,
    @Nullable URI source,
    List<Field> fields,
    @Nullable String version) {

  public LineageDataset {
    fields = List.copyOf(fields);
  }

  /**
   * One column.
   *
   * @param description null: its name says all
   */
  public record Field(String name, String type, @Nullable String description) {}

  /** A topic of Kafka, with the fields of its records. */
  public static LineageDataset topic(KafkaCluster kafka, Topic topic) {
    String first = kafka.bootstrapServers().split(",", 2)[0].strip();
    Schema schema = schema(topic);
    return new LineageDataset(
        "kafka://" + first,
        kafka.topics().name(topic),
        schema == null || schema.getDoc() == null ? "A topic of Chitra" : schema.getDoc(),
        null,
        fields(schema),
        null);
  }

  private static @Nullable Schema schema(Topic topic) {
    return switch (topic) {
      case JOBS_HIGH, JOBS, JOBS_LOW -> RenderJob.getClassSchema();
      case RESULTS -> ImageRecord.getClassSchema();
      case DEAD_LETTERS -> DeadLetter.getClassSchema();
      case CANCELLED -> CancelledRange.getClassSchema();
      case CANCELS, INCIDENTS, ATTEMPTS, SUMMARY -> null;
    };
  }

  /**
   * A dataset of Chitra: its records are in the topic of results, its pictures in the bucket.
   *
   * @param endpoint of S3; null: AWS's
   */
  public static LineageDataset dataset(
      String bucket, String prefix, String name, @Nullable URI endpoint) {
    return new LineageDataset(
        "chitra://" + bucket + (prefix.isEmpty() ? "" : "/" + trimmed(prefix)),
        name,
        "A dataset of Chitra: one record a picture in the topic of results, pictures in the bucket",
        endpoint,
        fields(ImageRecord.getClassSchema()),
        null);
  }

  /** Objects of a bucket, by a key or its beginning. */
  public static LineageDataset objects(
      String bucket, String key, String description, @Nullable URI endpoint) {
    return new LineageDataset(
        "s3://" + bucket, trimmed(key), description, endpoint, List.of(), null);
  }

  /** A file or folder of this machine. */
  public static LineageDataset file(Path path, String description) {
    return new LineageDataset(
        "file", path.toAbsolutePath().normalize().toString(), description, null, List.of(), null);
  }

  /** Likewise, or objects of a bucket: {@code s3://BUCKET/PREFIX}. */
  public static LineageDataset at(String place, String description) {
    if (!BucketPlace.isNamedBy(place)) {
      return file(Path.of(place), description);
    }
    BucketPlace objects = BucketPlace.of(place);
    return objects(objects.bucket(), objects.prefix(), description, null);
  }

  /** The same with rows of these fields. */
  public LineageDataset withFields(List<Field> fields) {
    return new LineageDataset(namespace, name, description, source, fields, version);
  }

  /** The same at a version, as the offsets up to which topics were read. */
  public LineageDataset atVersion(String version) {
    return new LineageDataset(namespace, name, description, source, fields, version);
  }

  private static String trimmed(String key) {
    String trimmed = key.replaceAll("^/+|/+$", "");
    return trimmed.isEmpty() ? "/" : trimmed;
  }

  private static List<Field> fields(@Nullable Schema schema) {
    if (schema == null) {
      return List.of();
    }
    List<Field> fields = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      fields.add(new Field(field.name(), type(field.schema()), field.doc()));
    }
    return fields;
  }

  /** As a person writes it: {@code string}, {@code int?}, {@code array<int>}. */
  private static String type(Schema schema) {
    return switch (schema.getType()) {
      case UNION -> {
        String types =
            schema.getTypes().stream()
                .filter(type -> type.getType() != Schema.Type.NULL)
                .map(LineageDataset::type)
                .collect(Collectors.joining("|"));
        yield schema.isNullable() ? types + "?" : types;
      }
      case ARRAY -> "array<" + type(schema.getElementType()) + ">";
      case MAP -> "map<string," + type(schema.getValueType()) + ">";
      case RECORD, ENUM -> schema.getName();
      default -> {
        String logical = schema.getProp("logicalType");
        yield logical == null ? schema.getType().getName() : logical;
      }
    };
  }
}
