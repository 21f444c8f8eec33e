package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.TopicScan;
import io.chitra.dataset.DatasetRow;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import io.chitra.schemas.Stage;
import io.chitra.schemas.Submission;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts of a dataset's topics, on a real broker. */
class DatasetRowsTest {

  @TempDir private Path temp;

  private EmbeddedKafka kafka;
  private Producer<byte[], byte[]> producer;
  private long clock = 1_000_000;

  @BeforeEach
  void start() throws Exception {
    kafka = EmbeddedKafka.start(temp.resolve("kafka"), Loopback.anyFree(), message -> {});
    KafkaProbe probe = new KafkaProbe(kafka.bootstrapServers());
    try (Admin admin = probe.admin()) {
      admin
          .createTopics(
              Stream.of(
                      "render.jobs.high",
                      "render.jobs",
                      "render.jobs.low",
                      "render.results",
                      "render.dead-letters",
                      "render.cancelled")
                  .map(topic -> new NewTopic(topic, 2, (short) 1))
                  .toList())
          .all()
          .get();
    }
    producer = probe.producer(Map.of());
  }

  @AfterEach
  void stop() {
    producer.close();
    kafka.close();
  }

  private Submission submit(String dataset, String job, int pictures, int first) throws Exception {
    RenderJob asked =
        RenderJob.newBuilder()
            .setId(job)
            .setDataset(dataset)
            .setPrompt("a " + job)
            .setModelDigest("ab".repeat(32))
            .setNumImagesPerPrompt(pictures)
            .setFirstIndex(first)
            .build();
    RecordMetadata at =
        producer
            .send(
                new ProducerRecord<>(
                    "render.jobs", 0, clock++, null, Codec.renderJobs().encode(asked)))
            .get();
    return new Submission(at.topic(), at.partition(), at.offset());
  }

  private void made(Submission of, String dataset, String job, int... indexes) throws Exception {
    for (int index : indexes) {
      ImageRecord record =
          ImageRecord.newBuilder()
              .setJobId(job)
              .setDataset(dataset)
              .setImageIndex(index)
              .setLabels(Map.of())
              .setSubmission(of)
              .setModelDigest("ab".repeat(32))
              .setPrompt("a " + job)
              .setNumInferenceSteps(1)
              .setGuidanceScale(1.0)
              .setScheduler("DDIMScheduler")
              .setWidth(8)
              .setHeight(8)
              .setSeed(index)
              .setFingerprint("cd".repeat(32))
              .setEnvironmentClass("0123456789ab")
              .setObjectKey("images/" + job + "-" + index)
              .setBucket("chitra")
              .setContentType("image/png")
              .setFileBytes(1L)
              .setFileSha256("12".repeat(32))
              .setPixelSha256("ef".repeat(32))
              .setReused(false)
              .setRenderedAt(Instant.EPOCH)
              .setRenderMillis(5)
              .setEnvironment(Map.of())
              .build();
      producer
          .send(
              new ProducerRecord<>(
                  "render.results", index % 2, null, Codec.imageRecords().encode(record)))
          .get();
    }
  }

  private void failed(Submission of, @Nullable Integer first, @Nullable Integer count)
      throws Exception {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setSubmission(of)
            .setStage(Stage.RENDER)
            .setFirstIndex(first)
            .setIndexCount(count)
            .setErrorClass("E")
            .setMessage("Cannot")
            .setFailedAt(Instant.EPOCH)
            .build();
    producer
        .send(new ProducerRecord<>("render.dead-letters", Codec.deadLetters().encode(letter)))
        .get();
  }

  private DatasetRows read(Predicate<String> jobs) throws Exception {
    return DatasetRows.read(
        new KafkaCluster(kafka.bootstrapServers(), Map.of()),
        SchemaSource.NONE,
        "animals",
        jobs,
        temp.resolve("rows"),
        TopicScan.Listener.NONE);
  }

  private static List<String> names(DatasetRows rows) throws Exception {
    List<String> names = new ArrayList<>();
    for (long i = 0; i < rows.size(); i++) {
      DatasetRow row = rows.at(i);
      names.add(
          "%s/%d@%d"
              .formatted(
                  row.record().getJobId(),
                  row.record().getImageIndex(),
                  row.record().getSubmission().getOffset()));
    }
    return names;
  }

  @Test
  void theNewestSubmissionOfEachPictureCounts() throws Exception {
    Submission owl = submit("animals", "owl", 2, 0);
    Submission fox = submit("animals", "fox", 4, 0);
    Submission other = submit("plants", "fox", 4, 0);
    made(owl, "animals", "owl", 1, 0);
    made(fox, "animals", "fox", 3, 0, 1);
    made(other, "plants", "fox", 0, 1, 2, 3);
    failed(fox, 2, 1);
    Submission again = submit("animals", "fox", 4, 2); // 2 and 3
    made(again, "animals", "fox", 2);
    Submission elk = submit("animals", "elk", 5, 0);
    failed(elk, null, null);

    try (DatasetRows rows = read(job -> true)) {
      assertEquals(
          List.of(
              "fox/0@" + fox.getOffset(),
              "fox/1@" + fox.getOffset(),
              "fox/2@" + again.getOffset(),
              "owl/0@" + owl.getOffset(),
              "owl/1@" + owl.getOffset()),
          names(rows));
      assertEquals(new DatasetRows.Census(3, 11, 5, 5, 0), rows.census());
      assertEquals(1, rows.census().open(), "fox/3 is asked for anew");
      assertEquals(5L, rows.ends().get("render.jobs-0"));
      assertEquals(6 + 4L, ends(rows, "render.results"));
    }
    try (DatasetRows rows = read("owl"::equals)) {
      assertEquals(2, rows.size());
      assertEquals(new DatasetRows.Census(1, 2, 2, 0, 0), rows.census());
    }
    try (Stream<Path> left = Files.list(temp.resolve("rows"))) {
      assertEquals(0, left.count());
    }
  }

  private static long ends(DatasetRows rows, String topic) {
    return rows.ends().entrySet().stream()
        .filter(end -> end.getKey().startsWith(topic + "-"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  @Test
  void cancelledPicturesHaveEnded() throws Exception {
    Submission fox = submit("animals", "fox", 10, 0);
    made(fox, "animals", "fox", 0, 1);
    producer
        .send(
            new ProducerRecord<>(
                "render.cancelled",
                Codec.cancelledRanges()
                    .encode(new CancelledRange(fox, "fox", "animals", 2, 8, Instant.EPOCH))))
        .get();
    try (DatasetRows rows = read(job -> true)) {
      assertEquals(new DatasetRows.Census(1, 10, 2, 0, 8), rows.census());
      assertEquals(0, rows.census().open());
    }
  }

  @Test
  void anUnknownDatasetHasNothing() throws Exception {
    submit("plants", "fern", 1, 0);
    try (DatasetRows rows = read(job -> true)) {
      assertEquals(0, rows.size());
      assertTrue(rows.ends().containsKey("render.cancelled-1"));
    }
  }
}
