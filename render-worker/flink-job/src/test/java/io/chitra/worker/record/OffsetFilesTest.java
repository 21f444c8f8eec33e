package io.chitra.worker.record;

import static io.chitra.worker.Jobs.job;
import static io.chitra.worker.Jobs.task;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.parquet.ZstdCodec;
import io.chitra.schemas.ArchiveFile;
import io.chitra.schemas.ArchivedHeader;
import io.chitra.schemas.ArchivedRecord;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.store.LocalS3;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.worker.Jobs;
import io.chitra.worker.task.ImageTask;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real S3 endpoint; only the clock is the test's. */
class OffsetFilesTest {

  @TempDir private static Path folder;
  @TempDir private static Path bucket;

  private static LocalS3 s3;
  private static ObjectStore objects;

  private final String topic = "results-" + UUID.randomUUID();
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final OffsetFiles<ResultRow> files = files();

  @BeforeAll
  static void start() throws Exception {
    s3 = LocalS3.start(bucket);
    objects = S3ObjectStore.open(s3.config());
    objects.ensureBucket().join();
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    s3.close();
  }

  @Test
  void aFileHasEveryColumnOfItsRecords() throws Exception {
    ImageRecord record = record();
    files.accept(new ResultRow(1, 17, Codec.imageRecords().encode(record)));
    idle();

    List<GenericRecord> rows = read(onlyKey());

    assertEquals(1, rows.size());
    GenericRecord row = rows.get(0);
    assertEquals("নীল বিড়াল", row.get("prompt").toString());
    assertEquals(
        "{\"class\":\"cat\",\"legs\":4,\"tame\":true,\"weight\":4.5}",
        row.get("labels").toString());
    assertEquals(40L, ((GenericRecord) row.get("submission")).get("offset"));
    assertEquals(record.getRenderedAt().toEpochMilli(), row.get("rendered_at"));
    assertEquals(7L, row.get("seed"));
    assertEquals(false, row.get("reused"));
    assertEquals("cpu", value(row.get("environment"), "provider"));
    assertEquals(1, row.get("result_partition"));
    assertEquals(17L, row.get("result_offset"));
    assertNull(row.get("image"));
    assertNull(row.get("loras"));
  }

  @Test
  void whatIsNestedIsGroupsAndLists() throws Exception {
    ImageRecord record = record();
    record.setImage(Jobs.file("12"));
    record.setTimesteps(List.of(999, 499));
    record.setLoras(List.of(new Lora(Jobs.file("34"), 0.5, "ink")));
    record.setMask(new MaskShape(null, List.of(new Point(1, 2), new Point(3, 4), new Point(5, 6))));
    record.setOutpaint(new Outpaint(8, 0, 0, 16));
    files.accept(new ResultRow(1, 17, Codec.imageRecords().encode(record)));
    idle();

    GenericRecord row = read(onlyKey()).get(0);

    assertEquals(
        "{\"uri\": \"s3://chitra/inputs/12\", \"sha256\": \"%s\"}".formatted("12".repeat(32)),
        row.get("image").toString());
    assertEquals("[999, 499]", row.get("timesteps").toString());
    GenericRecord lora = (GenericRecord) ((List<?>) row.get("loras")).get(0);
    assertEquals(0.5, lora.get("scale"));
    assertEquals("ink", lora.get("name").toString());
    GenericRecord mask = (GenericRecord) row.get("mask");
    assertNull(mask.get("rectangle"));
    assertEquals(4, ((GenericRecord) ((List<?>) mask.get("polygon")).get(1)).get("y"));
    assertEquals(16, ((GenericRecord) row.get("outpaint")).get("bottom"));
    assertNull(row.get("vae"));
  }

  @Test
  void aFileIsPutWhenItIsFull() {
    accept(0, 5, 16);

    assertEquals(List.of(name(0, 5, 14)), keys());
    assertEquals(1, files.pending().size());
  }

  @Test
  void aFileIsPutWhenItsRowsTakeMuchMemory() {
    byte[] row = Codec.imageRecords().encode(record());
    OffsetFiles<ResultRow> files =
        files(new RecordFiles(topic, Codec.imageRecords()), 2L * row.length, Runnable::run);
    for (int offset = 0; offset < 5; offset++) {
      files.accept(new ResultRow(0, offset, row));
    }

    assertEquals(List.of(name(0, 0, 1), name(0, 2, 3)), keys());
  }

  @Test
  void theJobArchiveHasTheRecordsOfEachTopicAsTheyCame() throws Exception {
    OffsetFiles<JobRow> archive =
        files(new JobArchive(Codec.archivedRecords()), 1L << 30, Runnable::run);
    ArchivedRecord first = archived(topic, 1, 5);
    ArchivedRecord second = archived(topic, 1, 8);
    ArchivedRecord other = archived(topic + ".high", 1, 6);
    for (ArchivedRecord record : List.of(first, other, second)) {
      archive.accept(
          new JobRow(
              record.getTopic(),
              record.getPartition(),
              record.getOffset(),
              Codec.archivedRecords().encode(record)));
    }
    now.addAndGet(1000);
    archive.putDue();

    String key = "jobs/%s-1/%020d-%020d.avro".formatted(topic, 5, 8);
    assertEquals(List.of(first, second), ArchiveFile.read(objects.get(key).join()));
    String high = "jobs/%s.high-1/%020d-%020d.avro".formatted(topic, 6, 6);
    assertEquals(List.of(other), ArchiveFile.read(objects.get(high).join()));
  }

  private static ArchivedRecord archived(String topic, int partition, long offset) {
    return ArchivedRecord.newBuilder()
        .setTopic(topic)
        .setPartition(partition)
        .setOffset(offset)
        .setAppendedAt(Instant.ofEpochMilli(offset))
        .setKey(null)
        .setValue(ByteBuffer.wrap(new byte[] {9, (byte) offset}))
        .setHeaders(List.of(new ArchivedHeader("by", null)))
        .build();
  }

  @Test
  void aFileIsPutWhenNothingComesForAWhile() {
    accept(0, 0, 3);
    now.addAndGet(999);
    files.putDue();
    assertEquals(List.of(), keys());

    now.addAndGet(1);
    files.putDue();
    assertEquals(List.of(name(0, 0, 2)), keys());
    assertEquals(List.of(), files.pending());
  }

  @Test
  void aFileIsPutWhenItsFirstRowHasWaitedLong() {
    for (int i = 0; i < 6; i++) {
      accept(0, i, i + 1);
      now.addAndGet(900);
      files.putDue();
    }

    assertEquals(List.of(name(0, 0, 5)), keys());
  }

  @Test
  void partitionsHaveFilesOfTheirOwn() {
    accept(0, 0, 2);
    accept(3, 8, 9);
    idle();

    assertEquals(List.of(name(0, 0, 1), name(3, 8, 8)), keys());
  }

  @Test
  void whatTheStoreCoversIsNotPutAgainAfterARestart() {
    accept(0, 0, 4);
    idle();

    OffsetFiles<ResultRow> restarted = files(); // from a checkpoint before the file was put
    for (int offset = 0; offset < 7; offset++) {
      restarted.accept(row(0, offset));
    }
    now.addAndGet(1000);
    restarted.putDue();

    assertEquals(List.of(name(0, 0, 3), name(0, 4, 6)), keys());
  }

  @Test
  void aValueThatIsNoRecordIsLeftOut() throws Exception {
    files.accept(row(0, 0));
    files.accept(new ResultRow(0, 1, new byte[] {1, 2, 3}));
    files.accept(row(0, 2));
    idle();

    assertEquals(List.of(name(0, 0, 2)), keys());
    assertEquals(2, read(onlyKey()).size());
  }

  @Test
  void rowsWaitUntilTheirFileIsPutWhileOthersCome() {
    Deque<Runnable> puts = new ArrayDeque<>();
    OffsetFiles<ResultRow> files = files(topic, puts::add);
    files.accept(row(0, 0));
    now.addAndGet(1000);
    files.putDue();
    files.accept(row(0, 1));
    now.addAndGet(1000);
    files.putDue();
    assertEquals(List.of(0L, 1L), offsets(files.pending()));
    assertEquals(1, puts.size(), "one file at a time");

    puts.remove().run();
    assertEquals(List.of(1L), offsets(files.pending()));
    assertEquals(List.of(name(0, 0, 0)), keys());
    files.putDue();
    puts.remove().run();
    assertEquals(List.of(), files.pending());
    assertEquals(List.of(name(0, 0, 0), name(0, 1, 1)), keys());
  }

  @Test
  void aPutThatFailsShowsInTheNextCall() {
    OffsetFiles<ResultRow> files =
        files("x".repeat(300), Runnable::run); // no file has so long a name
    files.accept(row(0, 0));
    now.addAndGet(1000);
    files.putDue();

    assertThrows(CompletionException.class, files::putDue);
    assertThrows(CompletionException.class, files::pending);
    files.awaitPuts();
  }

  private OffsetFiles<ResultRow> files() {
    return files(topic, Runnable::run);
  }

  private OffsetFiles<ResultRow> files(String topic, Executor putter) {
    return files(new RecordFiles(topic, Codec.imageRecords()), 1L << 30, putter);
  }

  private <R> OffsetFiles<R> files(OffsetFiles.Kind<R> kind, long maxBytes, Executor putter) {
    return new OffsetFiles<>(
        objects,
        kind,
        new OffsetFiles.Policy(10, maxBytes, Duration.ofSeconds(1), Duration.ofSeconds(5)),
        () -> Instant.ofEpochMilli(now.get()),
        putter);
  }

  private static List<Long> offsets(List<ResultRow> rows) {
    return rows.stream().map(ResultRow::offset).toList();
  }

  private void accept(int partition, int from, int to) {
    for (int offset = from; offset < to; offset++) {
      files.accept(row(partition, offset));
    }
  }

  private void idle() {
    now.addAndGet(1000);
    files.putDue();
  }

  private ResultRow row(int partition, long offset) {
    return new ResultRow(partition, offset, Codec.imageRecords().encode(record()));
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    objects.list("records/" + topic).forEach(keys::add);
    return keys;
  }

  private String onlyKey() {
    assertEquals(1, keys().size());
    return keys().get(0);
  }

  private String name(int partition, long from, long to) {
    return "records/%s-%d/%020d-%020d.parquet".formatted(topic, partition, from, to);
  }

  private static List<GenericRecord> read(String key) throws Exception {
    Path file = objects.download(key, folder.resolve(UUID.randomUUID() + ".parquet")).join();
    assertTrue(Files.size(file) > 0);
    List<GenericRecord> rows = new ArrayList<>();
    try (var reader =
        AvroParquetReader.<GenericRecord>builder(
                new LocalInputFile(file), new PlainParquetConfiguration())
            .withDataModel(GenericData.get())
            .withCodecFactory(new ZstdCodec())
            .build()) {
      for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static String value(Object map, String key) {
    return ((Map<?, ?>) map)
        .entrySet().stream()
            .filter(entry -> entry.getKey().toString().equals(key))
            .map(entry -> entry.getValue().toString())
            .findFirst()
            .orElseThrow();
  }

  private static ImageRecord record() {
    ImageTask task = task(job(), 0);
    return ImageRecord.newBuilder()
        .setJobId(task.jobId())
        .setDataset(task.dataset())
        .setImageIndex(task.imageIndex())
        .setLabels(task.labels())
        .setSubmission(task.submission())
        .setModelDigest(task.modelDigest())
        .setPrompt(task.prompt())
        .setNegativePrompt(task.negativePrompt())
        .setNumInferenceSteps(task.numInferenceSteps())
        .setGuidanceScale(task.guidanceScale())
        .setScheduler(task.scheduler())
        .setWidth(task.width())
        .setHeight(task.height())
        .setSeed(task.seed())
        .setFingerprint("f")
        .setEnvironmentClass("e")
        .setObjectKey("images/f")
        .setBucket("chitra")
        .setContentType("image/png")
        .setFileBytes(1)
        .setFileSha256("1")
        .setPixelSha256("2")
        .setReused(false)
        .setRenderedAt(Instant.parse("2026-03-01T12:00:00.123Z"))
        .setRenderMillis(1)
        .setEnvironment(Map.of("provider", "cpu"))
        .build();
  }
}
