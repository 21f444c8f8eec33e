package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import io.chitra.cli.machine.WorkerSettings;
import io.chitra.cli.topics.DatasetRows;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.TopicScan;
import io.chitra.cli.verify.Findings;
import io.chitra.cli.verify.Sample;
import io.chitra.cli.verify.Verification;
import io.chitra.dataset.Sha256;
import io.chitra.dataset.compare.Verdict;
import io.chitra.dataset.compare.Verdict.Change;
import io.chitra.dataset.compare.Verdict.Outcome;
import io.chitra.embedded.bench.StubModel;
import io.chitra.schemas.ArchiveFile;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.PushListener;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.store.StoredObject;
import io.chitra.store.StoredSchemas;
import io.chitra.worker.topology.Parts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Datasets made again and compared, on a real stack; only the pictures are stubs. */
@Timeout(value = 900, threadMode = ThreadMode.SEPARATE_THREAD)
class DatasetsAgainTest {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path temp;

  private Path state;
  private LocalStack stack;
  private KafkaProbe kafka;
  private ObjectStore objects;
  private String model;

  @BeforeEach
  void start() throws Exception {
    state = temp.resolve("state");
    use(StubbedStack.start(state, parts()));
    model = StubModel.push(objects, temp);
  }

  private static Parts parts() {
    return Parts.ofWorker().withRenderers((options, store) -> new PngRenderer());
  }

  private void use(LocalStack started) {
    stack = started;
    StackAddresses addresses = stack.addresses();
    kafka = new KafkaProbe(addresses.kafka());
    objects =
        S3ObjectStore.open(
            StoreConfig.at(
                addresses.s3Endpoint(),
                addresses.bucket(),
                new StoreCredentials(addresses.accessKey(), addresses.secretKey())));
  }

  @AfterEach
  void stop() {
    objects.close();
    stack.close();
  }

  @Test
  void aDatasetIsReplayedFromTopicAndArchiveAndWithAnotherModel() throws Exception {
    send(job("sun", "a sun", 5).setSeed(null).setLabels(Map.of("kind", "dry")));
    send(job("rain", "some rain", 3).setLabels(Map.of("kind", "wet")));
    send(job("snow", "a flake", 2).setModelDigest("0".repeat(64)));
    send(job("other", "not asked for", 1).setDataset("elsewhere"));
    send(job("fog", PngRenderer.NEVER, 2));
    await("render.results", 9);
    run(0, "cancel", "fog", "--dataset", "weather");
    await(() -> !kafka.read("render.cancelled").isEmpty());
    send(
        job("sun", "a sun", 5)
            .setSeed(null)
            .setLabels(Map.of("kind", "dry"))
            .setFirstIndex(2)
            .setIndexCount(1));
    await("render.results", 10);
    await("render.dead-letters", 1);
    Map<String, String> first = pixels("weather");
    assertEquals(8, first.size());

    JsonNode dry = replay("--dataset", "weather", "--to", "x", "--dry-run");
    assertEquals(8, dry.path("pictures").asInt(), dry.toString());
    assertEquals(0, dry.path("sent").asInt(), dry.toString());
    assertEquals(1, dry.path("never_good").asInt(), dry.toString());

    JsonNode again = replay("--dataset", "weather", "--to", "again", "--wait");
    assertEquals(8, again.path("reused").asInt(), again.toString());
    assertEquals(first, pixels("again"));
    assertEquals(Map.of(), pixels("x"));
    assertEquals(
        Set.of("0-1", "2", "3-4", "0-2"), replayed("again"), "each picture from where it counts");
    JsonNode same = run(0, "diff", "weather", "again", "--json").json();
    assertEquals(8, same.path("pairs").asInt(), same.toString());
    assertEquals(8, same.path("equal").asInt(), same.toString());

    JsonNode apart = run(1, "diff", "weather", "elsewhere", "--json").json();
    assertEquals(0, apart.path("pairs").asInt(), apart.toString());
    assertEquals(8, apart.path("only_in_one").asInt(), apart.toString());
    assertEquals(1, apart.path("only_in_other").asInt(), apart.toString());

    anotherModelIsTold(first);
    await(() -> archived("render.jobs") == 14); // 6 by hand and 4 of each replay
    await(() -> archived("render.dead-letters") == 1 && archived("render.cancelled") > 0);
    JsonNode archive = replay("--dataset", "weather", "--from-archive", "--to", "x", "--dry-run");
    assertEquals(dry, archive, "the archive tells all that the topics tell");
    anEmptyStackElsewhereMakesTheSame();
  }

  private void anotherModelIsTold(Map<String, String> first) throws Exception {
    Path turbo = StubModel.write(temp.resolve("turbo"));
    Files.writeString(turbo.resolve("chitra.json"), "{\"num_inference_steps\": 4}");
    JsonNode sent =
        replay(
            "--dataset",
            "weather",
            "--model",
            turbo,
            "--set",
            "steps=30",
            "--to",
            "turbo",
            "--wait");
    assertEquals(8, sent.path("rendered").asInt(), sent.toString());
    assertEquals(first.keySet(), pixels("turbo").keySet());

    Path sheet = temp.resolve("sheet.html");
    CommandLineRun run =
        run(
            1,
            "diff",
            "weather",
            "turbo",
            "--by-class",
            "kind",
            "--rows",
            "--out",
            sheet,
            "--json");
    List<JsonNode> lines = lines(run);
    assertEquals(9, lines.size(), run.said());
    JsonNode sums = lines.get(8);
    assertEquals(8, sums.path("pairs").asInt(), run.said());
    assertEquals(8, sums.path("different").asInt(), run.said());
    assertEquals(0, sums.path("only_in_one").asInt() + sums.path("only_in_other").asInt());
    assertEquals(8, sums.path("settings").path("model_digest").asInt(), run.said());
    assertEquals(8, sums.path("settings").path("num_inference_steps").asInt(), run.said());
    assertFalse(sums.path("settings").has("seed"), run.said());
    assertEquals(5, sums.path("classes").path("dry").path("pairs").asInt(), run.said());
    assertEquals(3, sums.path("classes").path("wet").path("pairs").asInt(), run.said());
    double psnr = sums.path("mean_psnr").asDouble();
    assertTrue(psnr > 5 && psnr < 10, "of noise against noise: " + psnr);
    String page = Files.readString(sheet);
    assertEquals(16, page.split("data:image/png;base64", -1).length - 1);
    assertTrue(page.contains("sun/4"), "named");

    JsonNode refused =
        run(
                1,
                "replay",
                "--dataset",
                "weather",
                "--set",
                "eta=0.5",
                "--set",
                "scheduler=euler",
                "--to",
                "y",
                "--json")
            .json();
    assertEquals(0, refused.path("sent").asInt());
    assertTrue(refused.path("refused").asInt() > 0, refused.toString());
    run(2, "replay", "--dataset", "weather", "--to", "weather");
    run(2, "replay", "--to", "y");
  }

  /** With another broker and another bucket, that have nothing, and more render tasks. */
  private void anEmptyStackElsewhereMakesTheSame() throws Exception {
    Map<String, String> weather = made("weather");
    Map<String, String> turbo = made("turbo");
    StackAddresses from = stack.addresses();
    LocalStack first = stack;
    Path firstState = state;
    ObjectStore firstObjects = objects;
    state = temp.resolve("elsewhere");
    use(StubbedStack.start(state, parts(), Map.of("chitra.render.parallelism", "2")));
    try {
      assertEquals(List.of(), keys("images/"));
      JsonNode there =
          replay(
              "--from-archive",
              "s3://" + from.bucket(),
              "--archive-s3",
              from.s3Endpoint(),
              "--archive-access-key",
              from.accessKey(),
              "--archive-secret-key",
              from.secretKey(),
              "--dataset",
              "weather",
              "--to",
              "weather",
              "--wait");
      assertEquals(8, there.path("rendered").asInt(), there.toString());
      assertEquals(1, there.path("never_good").asInt(), there.toString());
      assertEquals(weather, made("weather"), "objects, files and pixels");

      Path copy = firstState.resolve("s3/objects").resolve(from.bucket());
      JsonNode ofFolder =
          replay("--from-archive", copy, "--dataset", "turbo", "--to", "turbo", "--wait");
      assertEquals(8, ofFolder.path("rendered").asInt(), ofFolder.toString());
      assertEquals(turbo, made("turbo"));
      run(2, "replay", "--from-archive", temp.resolve("none"), "--job", "sun", "--to", "y");
    } finally {
      firstObjects.close();
      first.close();
    }
  }

  /** Of each picture of a dataset the object, and the hashes of its file and its pixels. */
  private Map<String, String> made(String dataset) throws Exception {
    Map<String, String> made = new TreeMap<>();
    rows(dataset)
        .forEach(
            (name, record) ->
                made.put(
                    name,
                    "%s %s %s"
                        .formatted(
                            record.getObjectKey(),
                            Sha256.of(bytes(record)),
                            record.getPixelSha256())));
    return made;
  }

  private List<String> keys(String prefix) {
    List<String> keys = new ArrayList<>();
    objects.list(prefix).forEach(keys::add);
    return keys;
  }

  /** How many records of these topics are in the archive. */
  private long archived(String topics) throws Exception {
    long records = 0;
    for (String key : objects.list("jobs/" + topics)) {
      records += ArchiveFile.read(objects.get(key).join()).size();
    }
    return records;
  }

  @Test
  void whatLiesAtAnOffsetOrCameAtATimeIsReplayed() throws Exception {
    send(job("one", "a sun", 1));
    await("render.results", 1);
    ConsumerRecord<byte[], byte[]> one = records("render.jobs").get(0);
    Thread.sleep(5); // the broker's clock counts milliseconds
    send(job("two", "a moon", 2));
    await("render.results", 3);
    ConsumerRecord<byte[], byte[]> two =
        records("render.jobs").stream()
            .filter(r -> r.timestamp() > one.timestamp())
            .findFirst()
            .orElseThrow();

    String place = "render.jobs-%d@%d".formatted(two.partition(), two.offset());
    assertEquals(
        2, replay("--from-offset", place, "--to", "a", "--dry-run").path("pictures").asInt());
    String time = Instant.ofEpochMilli(two.timestamp()).toString();
    assertEquals(2, replay("--since", time, "--to", "a", "--dry-run").path("pictures").asInt());
    assertEquals(
        1,
        replay("--dataset", "weather", "--until", time, "--to", "a", "--dry-run")
            .path("pictures")
            .asInt());
    assertEquals(
        1,
        replay("--since", "1d", "--until", place, "--job", "one", "--to", "a", "--dry-run")
            .path("pictures")
            .asInt());
    run(1, "replay", "--from-offset", "render.jobs-99@0", "--to", "a");
    run(2, "replay", "--since", "yesterday", "--to", "a");
  }

  @Test
  void aPictureIsShownByItsAddress() throws Exception {
    send(job("sun", "a sun", 3));
    await("render.results", 3);
    Path file = temp.resolve("sun.png");

    JsonNode shown =
        run(0, "show", "weather", "--job", "sun", "--index", "2", "--out", file, "--json").json();

    assertEquals("a sun", shown.path("prompt").asText(), shown.toString());
    assertEquals(2, shown.path("image_index").asInt(), shown.toString());
    assertEquals(shown.path("file_sha256").asText(), Sha256.of(Files.readAllBytes(file)));
    run(1, "show", "weather", "--job", "sun", "--index", "7", "--out", file);
    run(1, "show", "weather", "--job", "moon", "--out", file);
    objects.delete(shown.path("object_key").asText()).join();
    run(1, "show", "weather", "--job", "sun", "--index", "2", "--out", file);
  }

  /** The five are planted by hand, where no worker runs. */
  @Test
  void verifyNamesExactlyWhatWasPlanted() throws Exception {
    send(job("sun", "a sun", 6));
    send(job("rain", "some rain", 6));
    String other = otherModel();
    send(job("sun", "a sun", 6).setDataset("others").setModelDigest(other));
    await("render.results", 18);
    objects.close();
    stack.close();
    use(
        LocalMachine.provider()
            .openStack(new StackOptions(state, 0, 0, 0, Map.of(), new StackLayout.ServersAlone())));
    Map<String, ImageRecord> rows = rows("weather");
    assertEquals(Map.of(Outcome.EQUAL, 12L), verify(Sample.ALL, new PngRenderer()).counts());
    Found sampled = verify(Sample.parse("0.0001%", 0), new PngRenderer());
    assertEquals(Map.of(Outcome.EQUAL, 1L), sampled.counts(), "one at least");

    flip(row(rows, "sun/0"));
    overwrite(row(rows, "sun/1"), bytes(row(rows, "rain/3")));
    objects.delete(row(rows, "sun/2").getObjectKey()).join();
    ImageRecord foreign = row(rows("others"), "sun/4");
    overwrite(row(rows, "sun/4"), bytes(foreign));
    rewriteResults(
        record -> {
          if (!record.getDataset().equals("weather") || !record.getJobId().equals("sun")) {
            return record;
          } else if (record.getImageIndex() == 3) {
            return ImageRecord.newBuilder(record).setPrompt("a moon").build();
          } else if (record.getImageIndex() == 4) {
            return ImageRecord.newBuilder(record)
                .setFileBytes(foreign.getFileBytes())
                .setFileSha256(foreign.getFileSha256())
                .setPixelSha256(foreign.getPixelSha256())
                .build();
          }
          return record;
        });

    Set<String> before = stored();
    Found found = verify(Sample.ALL, new PngRenderer());

    assertEquals(
        Map.of(
            "sun/0", Outcome.DAMAGED,
            "sun/1", Outcome.DAMAGED,
            "sun/2", Outcome.MISSING,
            "sun/3", Outcome.WRONG_RECORD,
            "sun/4", Outcome.DRIFTED),
        found.byPicture().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, f -> f.getValue().verdict().outcome())));
    assertEquals(7, found.counts().get(Outcome.EQUAL));
    assertNull(found.of("sun/0").holds());
    assertEquals("rain/3", found.of("sun/1").holds(), "whose picture it is");
    assertEquals(
        List.of(new Verdict.FieldFault("prompt", "a sun", "a moon")),
        found.of("sun/3").verdict().fields());
    Verdict.Drift drift = Objects.requireNonNull(found.of("sun/4").verdict().drift());
    double psnr = Objects.requireNonNull(drift.psnr());
    assertTrue(psnr > 5 && psnr < 10, "of noise against noise: " + psnr);
    assertEquals(Map.of(), drift.environment(), "the environment is the same");
    assertEquals(before, stored(), "nothing is put");
    assertEquals(Set.of(), verifyTopics());

    Found elsewhere =
        verify(Sample.ALL, new PngRenderer(Map.of("engine", "stub", "device", "gpu")));
    assertEquals(found.counts(), elsewhere.counts(), "equal pixels are equal anywhere");
    assertEquals(
        Map.of("device", new Change("cpu", "gpu")),
        Objects.requireNonNull(elsewhere.of("sun/4").verdict().drift()).environment());
  }

  private String otherModel() throws IOException {
    Path folder = StubModel.write(temp.resolve("other"));
    Files.writeString(folder.resolve("chitra.json"), "{\"guidance_scale\": 3}");
    return new ModelRepository(objects, temp.resolve("model-cache"), Long.MAX_VALUE)
        .push(folder, PushListener.NONE);
  }

  private record Found(Map<Outcome, Long> counts, Map<String, Findings.Finding> byPicture) {

    Findings.Finding of(String picture) {
      return Objects.requireNonNull(byPicture.get(picture), picture);
    }

    static Found of(Findings findings) throws IOException {
      Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);
      for (Outcome outcome : Outcome.values()) {
        if (findings.count(outcome) > 0) {
          counts.put(outcome, findings.count(outcome));
        }
      }
      Map<String, Findings.Finding> byPicture = new TreeMap<>();
      findings.findings().forEach(found -> byPicture.put(found.job() + "/" + found.index(), found));
      return new Found(counts, byPicture);
    }
  }

  private Found verify(Sample sample, PngRenderer renderer) throws Exception {
    StackAddresses addresses = stack.addresses();
    KafkaCluster cluster = new KafkaCluster(addresses.kafka(), Map.of());
    WorkerSettings worker =
        new WorkerSettings(
            Map.of(
                "chitra.kafka.bootstrap-servers", addresses.kafka(),
                "chitra.s3.endpoint", addresses.s3Endpoint().toString(),
                "chitra.s3.bucket", addresses.bucket(),
                "chitra.s3.access-key", addresses.accessKey(),
                "chitra.s3.secret-key", addresses.secretKey(),
                "chitra.model-cache.directory", temp.resolve("verify-cache").toString()));
    HashMap<String, String> facts = new HashMap<>(renderer.environment().facts());
    try (DatasetRows rows =
            DatasetRows.read(
                cluster,
                new StoredSchemas(objects),
                "weather",
                job -> true,
                temp.resolve("rows"),
                TopicScan.Listener.NONE);
        Verification verification = Verification.open(cluster, rows, "test")) {
      verification.send(sample, TopicScan.Listener.NONE);
      LocalVerify.run(
          worker,
          Parts.ofWorker().withRenderers((options, store) -> new PngRenderer(facts)),
          verification.tasks(),
          verification.verdicts());
      Findings findings = new Findings(rows);
      verification.await(
          new Verification.Listener<IOException>() {
            @Override
            public void found(Verdict verdict) throws IOException {
              findings.add(verdict);
            }

            @Override
            public void tick() {}
          });
      return Found.of(findings);
    }
  }

  private void flip(ImageRecord record) {
    byte[] bytes = bytes(record).clone();
    bytes[bytes.length / 2] ^= 1;
    overwrite(record, bytes);
  }

  private byte[] bytes(ImageRecord record) {
    return objects.get(record.getObjectKey()).join();
  }

  /** Bytes alone: the object says of itself what it did before. */
  private void overwrite(ImageRecord record, byte[] bytes) {
    StoredObject stored = objects.head(record.getObjectKey()).join().orElseThrow();
    objects.put(record.getObjectKey(), bytes, "image/png", stored.metadata()).join();
  }

  /** Forgets all records of results, and sends them again. */
  private void rewriteResults(UnaryOperator<ImageRecord> change) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> records = records("render.results");
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      all.put(
          new TopicPartition(record.topic(), record.partition()),
          RecordsToDelete.beforeOffset(-1)); // all there are
    }
    try (Admin admin = kafka.admin();
        Producer<byte[], byte[]> producer = kafka.producer(Map.of())) {
      admin.deleteRecords(all).all().get();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        ImageRecord changed = change.apply(Codec.imageRecords().decode(record.value()));
        producer
            .send(
                new ProducerRecord<>(
                    record.topic(),
                    record.partition(),
                    record.key(),
                    Codec.imageRecords().encode(changed)))
            .get();
      }
    }
  }

  /** Keys and marks of all objects. */
  private Set<String> stored() {
    Set<String> stored = new TreeSet<>();
    for (String key : objects.list("")) {
      objects.head(key).join().ifPresent(object -> stored.add(key + " " + object.etag()));
    }
    return stored;
  }

  private Set<String> verifyTopics() throws Exception {
    try (Admin admin = kafka.admin()) {
      return admin.listTopics().names().get().stream()
          .filter(topic -> topic.startsWith("render.verify"))
          .collect(Collectors.toSet());
    }
  }

  private Map<String, ImageRecord> rows(String dataset) throws Exception {
    Map<String, ImageRecord> rows = new TreeMap<>();
    for (byte[] value : kafka.read("render.results")) {
      ImageRecord record = Codec.imageRecords().decode(value);
      if (record.getDataset().equals(dataset)) {
        rows.put(record.getJobId() + "/" + record.getImageIndex(), record);
      }
    }
    return rows;
  }

  private static ImageRecord row(Map<String, ImageRecord> rows, String name) {
    return Objects.requireNonNull(rows.get(name), name);
  }

  private Map<String, String> pixels(String dataset) throws Exception {
    Map<String, String> pixels = new TreeMap<>();
    rows(dataset).forEach((name, record) -> pixels.put(name, record.getPixelSha256()));
    return pixels;
  }

  /** The ranges of a dataset's submissions that say what they are replays of. */
  private Set<String> replayed(String dataset) throws Exception {
    Set<String> ranges = new TreeSet<>();
    for (ConsumerRecord<byte[], byte[]> record : records("render.jobs")) {
      RenderJob job = Codec.renderJobs().decode(record.value());
      if (dataset.equals(job.getDataset())
          && record.headers().lastHeader("chitra.replay.of") != null) {
        int first = job.getFirstIndex();
        int last = first + Objects.requireNonNull(job.getIndexCount()) - 1;
        ranges.add(first == last ? "" + first : first + "-" + last);
      }
    }
    return ranges;
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = kafka.consumer("test")) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      stack.check();
      Thread.sleep(100);
    }
  }

  private void await(String topic, int records) throws Exception {
    await(() -> kafka.read(topic).size() >= records);
  }

  private JsonNode replay(Object... arguments) throws Exception {
    List<Object> all = new ArrayList<>(List.of("replay"));
    all.addAll(List.of(arguments));
    all.add("--json");
    return run(0, all.toArray()).json();
  }

  private CommandLineRun run(int exit, Object... arguments) throws Exception {
    CommandLineRun run = CommandLineRun.of(state, arguments);
    assertEquals(exit, run.exit(), run.said());
    return run;
  }

  private static List<JsonNode> lines(CommandLineRun run) throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : run.said().lines().filter(l -> l.startsWith("{")).toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private RenderJob.Builder job(String id, String prompt, int pictures) {
    return RenderJob.newBuilder()
        .setId(id)
        .setDataset("weather")
        .setPrompt(prompt)
        .setSeed(7L)
        .setNumImagesPerPrompt(pictures)
        .setModelDigest(model);
  }

  private void send(RenderJob.Builder job) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.producer(Map.of())) {
      producer
          .send(new ProducerRecord<>("render.jobs", Codec.renderJobs().encode(job.build())))
          .get();
    }
  }
}
