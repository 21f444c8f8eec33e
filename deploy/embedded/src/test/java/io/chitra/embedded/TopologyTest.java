package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.temporal.ChronoUnit.DAYS;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chitra.cli.flink.Worker;
import io.chitra.embedded.bench.StubModel;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Stage;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.worker.topology.Checkpoints;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.RendererFactory;
import io.chitra.worker.topology.Topics;
import io.chitra.worker.topology.WorkerClock;
import io.chitra.worker.topology.WorkerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The worker's topology on a real broker, a real S3 endpoint and a real Flink; only the pictures
 * are stubs.
 */
@Timeout(120)
class TopologyTest {

  @TempDir private static Path folder;

  private static EmbeddedKafka kafka;
  private static EmbeddedS3 s3;
  private static ObjectStore objects;
  private static String model;

  @TempDir private Path checkpoints;

  private final String results = "results-" + UUID.randomUUID();
  private final String deadLetters = "dead-letters-" + UUID.randomUUID();
  private final String jobs = "jobs-" + UUID.randomUUID();
  private final String prompt = "a cat of its own: " + UUID.randomUUID();
  private final List<ConsumerRecord<byte[], byte[]>> resultRecords = new ArrayList<>();
  private final List<ConsumerRecord<byte[], byte[]>> deadRecords = new ArrayList<>();
  private WorkerClock clock = WorkerClock.SYSTEM;
  private Configuration options;
  private Consumer<byte[], byte[]> committed;
  private @Nullable EmbeddedFlink flink;
  private CompletableFuture<Optional<String>> ended = new CompletableFuture<>();

  @BeforeAll
  static void startServers() throws Exception {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), Loopback.anyFree(), message -> {});
    s3 = EmbeddedS3.start(folder.resolve("s3"), Loopback.anyFree());
    objects =
        S3ObjectStore.open(
            StoreConfig.at(
                s3.endpoint(),
                EmbeddedS3.BUCKET,
                new StoreCredentials(s3.credentials().accessKey(), s3.credentials().secretKey())));
    model = StubModel.push(objects, folder);
  }

  @AfterAll
  static void stopServers() {
    objects.close();
    s3.close();
    kafka.close();
  }

  @BeforeEach
  void makeTopics() throws Exception {
    options =
        WorkerOptions.parse(
            Map.ofEntries(
                Map.entry("chitra.kafka.bootstrap-servers", kafka.bootstrapServers()),
                Map.entry("chitra.kafka.transaction-prefix", "worker-" + UUID.randomUUID()),
                Map.entry("chitra.topics.jobs", jobs),
                Map.entry("chitra.topics.results", results),
                Map.entry("chitra.topics.dead-letters", deadLetters),
                Map.entry("chitra.s3.endpoint", s3.endpoint().toString()),
                Map.entry("chitra.s3.bucket", EmbeddedS3.BUCKET),
                Map.entry("chitra.s3.access-key", s3.credentials().accessKey()),
                Map.entry("chitra.s3.secret-key", s3.credentials().secretKey()),
                Map.entry("chitra.model-cache.directory", folder.resolve("cache").toString()),
                Map.entry("chitra.records.idle", "1 s"),
                Map.entry("chitra.checkpoint.interval", "200 ms"),
                Map.entry("chitra.checkpoint.directory", checkpoints.toUri().toString())));
    Topics.ensure(options);
    committed = new KafkaProbe(kafka.bootstrapServers()).consumer("test-" + UUID.randomUUID());
    committed.subscribe(List.of(results, deadLetters));
  }

  @AfterEach
  void stopFlink() {
    committed.close();
    stop();
  }

  private void stop() {
    if (flink != null) {
      flink.close();
    }
  }

  @Test
  void everyPictureHasOneRecordAndItsObject() throws Exception {
    send(job("a").setNumImagesPerPrompt(3).setLabels(Map.of("class", "cat", "n", 2L)));
    send(job("b").setFirstIndex(5).setIndexCount(2).setNumImagesPerPrompt(7));
    start();

    await(() -> resultRecords.size() == 5);

    List<ImageRecord> records = records();
    assertEquals(
        Set.of("a/0", "a/1", "a/2", "b/5", "b/6"),
        records.stream().map(TopologyTest::name).collect(Collectors.toSet()));
    for (ImageRecord record : records) {
      byte[] object = objects.get(record.getObjectKey()).join();
      assertEquals(object.length, record.getFileBytes());
      assertEquals(prompt + "/" + record.getSeed(), new String(object, UTF_8));
      assertEquals("DDIMScheduler", record.getScheduler());
      assertEquals(50, record.getNumInferenceSteps());
      assertEquals(model, record.getModelDigest());
    }
    assertEquals(Map.of("class", "cat", "n", 2L), recordOf("a/0").getLabels());
    // a's pictures have the seeds 1, 2, 3, b's 6, 7: none is the same
    assertTrue(records.stream().noneMatch(ImageRecord::getReused));
  }

  @Test
  void theSamePictureIsRenderedOnceAndSaidToBeReused() throws Exception {
    send(job("first"));
    start();
    await(() -> resultRecords.size() == 1);
    send(job("second").setDataset("another"));
    await(() -> resultRecords.size() == 2);

    ImageRecord first = recordOf("first/0");
    ImageRecord second = recordOf("second/0");
    assertFalse(first.getReused());
    assertTrue(second.getReused());
    assertEquals(first.getObjectKey(), second.getObjectKey());
    assertEquals(first.getFileSha256(), second.getFileSha256());
    assertEquals(first.getRenderedAt(), second.getRenderedAt());
    assertEquals(first.getEnvironment(), second.getEnvironment());
  }

  @Test
  void brokenRecordsAreDeadLettersAndTheGoodOnesBesideThemAreRendered() throws Exception {
    List<byte @Nullable []> broken = brokenValues();
    send(job("before"));
    for (byte @Nullable [] value : broken) {
      sendBytes(value);
    }
    send(job("too-wide").setWidth(100_000));
    send(job("no-model").setModelDigest("0".repeat(64)));
    send(job("cannot").setPrompt("cannot").setNumImagesPerPrompt(2));
    send(job("breaks").setPrompt("breaks"));
    send(job("after"));
    start();

    await(() -> resultRecords.size() == 2 && deadRecords.size() == broken.size() + 5);

    assertEquals(
        Set.of("before/0", "after/0"),
        records().stream().map(TopologyTest::name).collect(Collectors.toSet()));
    List<DeadLetter> letters = letters();
    assertEquals(broken.size(), letters.stream().filter(l -> l.getStage() == Stage.DECODE).count());
    Set<Long> offsets =
        letters.stream()
            .filter(l -> l.getStage() == Stage.DECODE)
            .map(l -> l.getSubmission().getOffset())
            .collect(Collectors.toSet());
    assertEquals(broken.size(), offsets.size(), "one dead letter for each broken record");
    assertEquals(
        List.of(0, 1),
        letters.stream()
            .filter(l -> "cannot".equals(l.getJobId()))
            .map(DeadLetter::getFirstIndex)
            .sorted()
            .toList());
    DeadLetter breaks =
        letters.stream().filter(l -> "breaks".equals(l.getJobId())).findFirst().orElseThrow();
    assertTrue(breaks.getMessage().contains("3 tries"), breaks.getMessage());
    assertFalse(ended.isDone(), "nothing of this stops the worker");
  }

  /** Thirty ways to be no render job. */
  private List<byte @Nullable []> brokenValues() {
    byte[] good = Codec.renderJobs().encode(job("x").build());
    List<byte @Nullable []> broken = new ArrayList<>();
    broken.add(null);
    broken.add(new byte[0]);
    broken.add("{\"id\": \"x\", \"prompt\": \"JSON\"}".getBytes(UTF_8));
    broken.add(new byte[] {(byte) 0xc3});
    broken.add(new byte[200_000]);
    Random random = new Random(1);
    for (int i = 0; i < 5; i++) {
      byte[] noise = new byte[100 << i];
      random.nextBytes(noise);
      broken.add(noise);
    }
    for (int i = 1; i <= 10; i++) { // cut short
      broken.add(Arrays.copyOf(good, good.length * i / 11));
    }
    for (int i = 0; i < 9; i++) { // another schema's fingerprint
      byte[] other = good.clone();
      other[2 + i % 8] ^= (byte) (1 + i);
      broken.add(other);
    }
    byte[] longer = Arrays.copyOf(good, good.length + 3);
    broken.add(longer);
    return broken;
  }

  @Test
  void aJobGoesOnExactlyOnceWhereItWasStopped() throws Exception {
    int pictures = 1000;
    send(job("long").setNumImagesPerPrompt(pictures));
    start();
    for (int stop = 1; stop <= 2; stop++) {
      int enough = stop * 300;
      await(() -> resultRecords.size() >= enough);
      stop();
      start();
    }
    awaitNoMoreThan(pictures);

    List<ImageRecord> made = records().stream().filter(r -> r.getJobId().equals("long")).toList();
    assertEquals(
        IntStream.range(0, pictures).boxed().collect(Collectors.toSet()),
        made.stream().map(ImageRecord::getImageIndex).collect(Collectors.toSet()));
    assertTrue(made.stream().noneMatch(ImageRecord::getReused));
  }

  @Test
  void aJobIsDrainedInTheMiddleTwice() throws Exception {
    int pictures = 1500;
    send(job("long").setNumImagesPerPrompt(pictures));
    for (int drain = 1; drain <= 2; drain++) {
      start();
      int enough = drain * 200;
      await(() -> resultRecords.size() >= enough);
      new Worker(requireNonNull(flink).ui()).drain(Duration.ofMinutes(1));
      stop();
    }
    start();
    awaitNoMoreThan(pictures);

    assertEquals(pictures + 1, records().stream().map(TopologyTest::name).distinct().count());
  }

  @Test
  void aClockThatJumpsByYearsChangesNoResult() throws Exception {
    clock = () -> Instant.now().plus(ThreadLocalRandom.current().nextInt(-9000, 9000), DAYS);
    send(job("long").setNumImagesPerPrompt(300));
    sendBytes(new byte[] {1});
    send(job("cannot").setPrompt("cannot"));
    start();
    await(() -> resultRecords.size() >= 100);
    stop();
    start();
    await(() -> resultRecords.size() >= 300 && deadRecords.size() >= 2);
    send(job("last"));
    await(() -> resultRecords.size() >= 301);

    assertEquals(301, records().stream().map(TopologyTest::name).distinct().count());
    assertEquals(301, resultRecords.size());
    assertEquals(2, deadRecords.size());
    assertTrue(
        records().stream().map(ImageRecord::getRenderedAt).distinct().count() > 2,
        "the clock has jumped");
    await(() -> covered().size() == 301);
  }

  @Test
  void aJobOfAMillionBlocksNoCheckpointAndIsSmallInThem() throws Exception {
    send(job("million").setNumImagesPerPrompt(1_000_000));
    start();

    await(() -> resultRecords.size() >= 500); // visible only after checkpoints

    Path ofJob = checkpoints.resolve(Checkpoints.JOB_ID.toHexString());
    try (var files = Files.walk(ofJob)) {
      long bytes = files.filter(Files::isRegularFile).mapToLong(TopologyTest::size).sum();
      // A million tasks would be hundreds of megabytes; rows that wait for a record file are here.
      assertTrue(bytes < 16 << 20, bytes + " bytes of checkpoints");
    }
  }

  @Test
  void recordFilesCoverTheResultsOnceAcrossRestarts() throws Exception {
    for (int round = 0; round < 3; round++) {
      send(job("round-" + round).setNumImagesPerPrompt(40));
      start();
      int soFar = 40 * (round + 1);
      await(() -> resultRecords.size() == soFar);
      if (round == 1) {
        await(() -> covered().size() == soFar); // one restart after the files, two before
      }
      stop();
    }
    start();
    await(() -> covered().size() == 120);

    Map<String, Long> offsets = new TreeMap<>();
    resultRecords.forEach(r -> offsets.merge(r.partition() + "@" + r.offset(), 1L, Long::sum));
    assertEquals(offsets.keySet(), new TreeSet<>(covered()));
    assertEquals(120, covered().size(), "no offset in two files");
  }

  /** The offsets of results that lie in the ranges of record files, as often as they do. */
  private List<String> covered() {
    List<String> covered = new ArrayList<>();
    Pattern name = Pattern.compile("records/" + results + "-(\\d+)/(\\d{20})-(\\d{20}).parquet");
    for (String key : objects.list("records/" + results)) {
      Matcher parts = name.matcher(key);
      assertTrue(parts.matches(), key);
      int partition = Integer.parseInt(parts.group(1));
      long from = Long.parseLong(parts.group(2));
      long to = Long.parseLong(parts.group(3));
      resultRecords.stream()
          .filter(r -> r.partition() == partition)
          .filter(r -> r.offset() >= from && r.offset() <= to)
          .forEach(r -> covered.add(r.partition() + "@" + r.offset()));
    }
    return covered;
  }

  @Test
  void theOperationsPageHasAllMetricsOfTheWorker() throws Exception {
    send(job("one"));
    start();
    await(() -> resultRecords.size() == 1);
    Set<String> operators =
        Set.of(
            "plan",
            "render and store",
            "record files",
            "job archive",
            "results and dead letters committer");
    Set<String> registered = new TreeSet<>();
    await(
        () -> { // Flink gathers them now and then
          registered.addAll(metrics());
          return operators.stream()
              .allMatch(name -> registered.stream().anyMatch(metric -> metric.startsWith(name)));
        });

    Set<String> documented = new TreeSet<>();
    Matcher row =
        Pattern.compile("(?m)^\\| ([a-z ]+) \\| `(chitra\\..+?)` \\| (\\w+) \\|")
            .matcher(Files.readString(Path.of("../../docs/operations.md")));
    while (row.find()) {
      String type = row.group(3).equals("histogram") ? " histogram" : "";
      documented.add(row.group(1) + " " + row.group(2) + type);
    }
    assertEquals(documented, registered);
  }

  /** Operators and their metrics in the group chitra, as Flink's page has them. */
  private Set<String> metrics() throws IOException {
    Set<String> metrics = new TreeSet<>();
    Pattern name =
        Pattern.compile(
            "\\d+\\.(\\w+)\\.(chitra\\..+?)(_(?:count|min|max|mean|median|stddev|p\\d+))?");
    String job = "/jobs/" + Checkpoints.JOB_ID;
    for (JsonNode task : flinkPage(job).get("vertices")) {
      for (JsonNode metric :
          flinkPage(job + "/vertices/" + task.get("id").textValue() + "/metrics")) {
        Matcher parts = name.matcher(metric.get("id").textValue());
        if (parts.matches()) {
          metrics.add(
              parts.group(1).replaceAll("_+", " ").toLowerCase(Locale.ROOT)
                  + " "
                  + parts.group(2).replaceFirst("model\\.[0-9a-f]{12}", "model.DIGEST")
                  + (parts.group(3) == null ? "" : " histogram"));
        }
      }
    }
    return metrics;
  }

  private JsonNode flinkPage(String path) throws IOException {
    try (InputStream json = requireNonNull(flink).ui().resolve(path).toURL().openStream()) {
      return new ObjectMapper().readTree(json);
    }
  }

  private void start() throws Exception {
    EmbeddedFlink started = EmbeddedFlink.start(folder.resolve("flink"), Loopback.anyFree(), 1);
    flink = started;
    RendererFactory stubs = (worker, store) -> new StubRenderer();
    ended =
        started.run(
            (env, worker) ->
                RenderTopology.build(
                    env, worker, Parts.ofWorker().withRenderers(stubs).withClock(clock)),
            options);
  }

  private void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      assertFalse(ended.isDone(), () -> "the worker ended: " + ended.join());
      committed
          .poll(Duration.ofMillis(100))
          .forEach(
              record -> (record.topic().equals(results) ? resultRecords : deadRecords).add(record));
    }
  }

  /** Awaits so many records, and that of one more job: none comes twice before it. */
  private void awaitNoMoreThan(int pictures) throws Exception {
    await(() -> resultRecords.size() >= pictures);
    send(job("last"));
    await(() -> resultRecords.size() >= pictures + 1);
    assertEquals(pictures + 1, resultRecords.size());
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private RenderJob.Builder job(String id) {
    return RenderJob.newBuilder()
        .setId(id)
        .setPrompt(prompt)
        .setSeed(1L)
        .setModelDigest(model == null ? "0".repeat(64) : model);
  }

  private void send(RenderJob.Builder job) throws Exception {
    sendBytes(Codec.renderJobs().encode(job.build()));
  }

  private void sendBytes(byte @Nullable [] value) throws Exception {
    try (Producer<byte[], byte[]> producer =
        new KafkaProbe(kafka.bootstrapServers()).producer(Map.of())) {
      producer.send(new ProducerRecord<byte[], byte @Nullable []>(jobs, 0, null, value)).get();
    }
  }

  private List<ImageRecord> records() throws Exception {
    List<ImageRecord> records = new ArrayList<>();
    for (var record : resultRecords) {
      records.add(Codec.imageRecords().decode(record.value()));
    }
    return records;
  }

  private ImageRecord recordOf(String name) throws Exception {
    return records().stream().filter(r -> name(r).equals(name)).findFirst().orElseThrow();
  }

  private List<DeadLetter> letters() throws Exception {
    List<DeadLetter> letters = new ArrayList<>();
    for (var record : deadRecords) {
      letters.add(Codec.deadLetters().decode(record.value()));
    }
    return letters;
  }

  private static String name(ImageRecord record) {
    return record.getJobId() + "/" + record.getImageIndex();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // a checkpoint that was subsumed meanwhile
    }
  }
}
