package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chitra.cli.machine.LocalStack;
import io.chitra.dataset.Sha256;
import io.chitra.embedded.bench.StubModel;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.worker.topology.ExportMain;
import io.chitra.worker.topology.Parts;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code chitra export} in another JVM, on a real stack; only the pictures are made in no time.
 * Each test has datasets of its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 900, threadMode = ThreadMode.SEPARATE_THREAD)
class ExportTest {

  /** More for a long run: -Dchitra.export.pictures=100000 -Dchitra.export.kills=10. */
  private static final int PICTURES = Integer.getInteger("chitra.export.pictures", 600);

  private static final int KILLS = Integer.getInteger("chitra.export.kills", 3);

  @TempDir private static Path temp;

  private Path state;
  private LocalStack stack;
  private KafkaProbe kafka;
  private ObjectStore objects;
  private String model;

  @BeforeAll
  void start() throws Exception {
    state = temp.resolve("state");
    stack = StubbedStack.start(state, Parts.ofWorker().withRenderers((w, s) -> new TinyPictures()));
    kafka = new KafkaProbe(stack.addresses().kafka());
    objects =
        S3ObjectStore.open(
            StoreConfig.at(
                stack.addresses().s3Endpoint(),
                stack.addresses().bucket(),
                new StoreCredentials(
                    stack.addresses().accessKey(), stack.addresses().secretKey())));
    model = StubModel.push(objects, temp);
  }

  @AfterAll
  void stop() {
    objects.close();
    stack.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"webdataset", "imagefolder", "parquet", "metadata"})
  void twoExportsOfADatasetHaveTheSameBytes(String format) throws Exception {
    String dataset = "animals-" + format;
    send(job(dataset, "fox", "a fox", 7).setLabels(Map.of("species", "fox", "wild", true)));
    send(job(dataset, "owl", "an owl", 5).setLabels(Map.of("species", "owl")));
    send(job(dataset, "elk", "cannot", 2).setLabels(Map.of("species", "elk")));
    await(dataset, 12);
    awaitFailed(dataset, 2);
    Path one = temp.resolve(format + "-1");
    Path two = temp.resolve(format + "-2");
    Object[] options = {
      "--dataset",
      dataset,
      "--format",
      format,
      "--class-label",
      "species",
      "--split",
      "train=0.75,test=0.25",
      "--stratify",
      "species",
      "--shard-rows",
      "4",
      "--json"
    };

    JsonNode made = export(0, one, options).json();
    assertEquals("made", made.path("outcome").asText(), made.toString());
    assertEquals(12, made.path("pictures").asInt(), made.toString());
    assertEquals(2, made.path("failed").asInt(), made.toString());
    assertEquals(9, made.path("splits").path("train").asInt(), made.toString());
    assertEquals(3, made.path("splits").path("test").asInt(), made.toString());
    SortedMap<String, String> files = files(one);
    assertTrue(files.containsKey("manifest.json"), files.toString());
    checkSums(one, files);
    assertFalse(Files.exists(one.resolve(".chitra")), "nothing is left of the work");

    twiceAtOnce(two, options);
    assertEquals(files, files(two));
    assertFalse(Files.exists(two.resolve(".chitra")), "nothing is left of the work");
    assertEquals("found", export(0, one, options).json().path("outcome").asText());
    assertEquals(files, files(one));

    CommandLineRun s3 = exportTo(0, "s3://chitra/datasets/" + format, options);
    assertEquals(made.path("checksums"), s3.json().path("checksums"), s3.said());
    SortedMap<String, String> stored = new TreeMap<>();
    String prefix = "datasets/" + format + "/";
    objects
        .list(prefix)
        .forEach(
            key -> stored.put(key.substring(prefix.length()), Sha256.of(objects.get(key).join())));
    assertEquals(files, stored);
  }

  /** Two runs of one command, whoever pins the plan. */
  private void twiceAtOnce(Path out, Object... options) throws Exception {
    try (ChildJvm one = start(out, options);
        ChildJvm other = start(out, options)) {
      int exit = one.await();
      assertEquals(0, exit, one.said());
      exit = other.await();
      assertEquals(0, exit, other.said());
    }
  }

  @Test
  void picturesAreMadeSmallerAndOthers() throws Exception {
    send(job("sized", "fox", "a fox", 3));
    await("sized", 3);
    Path out = temp.resolve("sized");
    export(0, out, "--dataset", "sized", "--format", "imagefolder", "--jpeg", 90, "--resize", 16);
    List<Path> pictures;
    try (Stream<Path> walk = Files.walk(out)) {
      pictures = walk.filter(p -> p.toString().endsWith(".jpg")).toList();
    }
    assertEquals(3, pictures.size(), files(out).toString());
    for (Path picture : pictures) {
      BufferedImage image = ImageIO.read(picture.toFile());
      assertEquals(16, image.getWidth());
      assertEquals(8, image.getHeight());
      String text = new String(Files.readAllBytes(picture), StandardCharsets.UTF_16BE);
      assertTrue(text.contains("a fox") || odd(picture).contains("a fox"), "what it was made with");
    }
  }

  private static String odd(Path picture) throws IOException {
    byte[] bytes = Files.readAllBytes(picture);
    return new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_16BE);
  }

  @Test
  void otherVersionsAreReplacedOnlyWhenAsked() throws Exception {
    send(job("versions", "fox", "a fox", 6));
    await("versions", 6);
    Path out = temp.resolve("versions");
    Object[] fours = {"--dataset", "versions", "--format", "webdataset", "--shard-rows", 2};
    Object[] one = {"--dataset", "versions", "--format", "webdataset"};
    export(0, out, fours);
    SortedMap<String, String> before = files(out);

    CommandLineRun refused = export(1, out, one);
    assertTrue(refused.said().contains("--replace"), refused.said());
    assertEquals(before, files(out));
    export(0, out, with(one, "--replace"));
    Path fresh = temp.resolve("versions-fresh");
    export(0, fresh, one);
    assertEquals(files(fresh), files(out), "nothing is left of the version before");

    Path foreign = Files.createDirectories(temp.resolve("foreign"));
    Files.writeString(foreign.resolve("mine.txt"), "mine");
    assertTrue(export(1, foreign, one).said().contains("mine.txt"));
    assertEquals(List.of("mine.txt"), List.copyOf(files(foreign).keySet()));
  }

  @Test
  void whatHasNotEndedIsLeftOutOnlyWhenAsked() throws Exception {
    send(job("open", "fox", "a fox", 2));
    await("open", 2);
    send(job("open", "owl", "stuck", 3));
    Path out = temp.resolve("open");
    Object[] options = {"--dataset", "open", "--format", "metadata", "--json"};

    CommandLineRun refused = export(1, out, options);
    assertTrue(refused.said().contains("3 of its 5"), refused.said());
    JsonNode partial = export(0, out, with(options, "--partial")).json();
    assertEquals(2, partial.path("pictures").asInt(), partial.toString());
    assertEquals(3, partial.path("open").asInt(), partial.toString());

    assertEquals(1, export(1, out, "--dataset", "nothing", "--format", "metadata").exit());
    assertEquals(2, export(2, out, "--dataset", "open", "--format", "zip").exit());
    assertEquals(
        2, export(2, out, "--dataset", "open", "--format", "parquet", "--split", "a=2").exit());
  }

  @Test
  void aDamagedObjectIsNamedAndNothingIsPublished() throws Exception {
    send(job("damaged", "fox", "a fox", 9));
    await("damaged", 9);
    ImageRecord victim = records("damaged").get(4);
    byte[] right = objects.get(victim.getObjectKey()).join();
    Map<String, String> metadata =
        objects.head(victim.getObjectKey()).join().orElseThrow().metadata();
    byte[] wrong = right.clone();
    wrong[wrong.length / 2] ^= 1;
    objects.put(victim.getObjectKey(), wrong, "image/png", metadata).join();
    Path out = temp.resolve("damaged");
    Object[] options = {"--dataset", "damaged", "--format", "webdataset", "--shard-rows", 3};

    CommandLineRun refused = export(1, out, options);
    assertTrue(refused.said().contains(victim.getObjectKey()), refused.said());
    assertTrue(refused.said().contains("fsck"), refused.said());
    assertFalse(Files.exists(out.resolve("manifest.json")));

    objects.put(victim.getObjectKey(), right, "image/png", metadata).join();
    export(0, out, options);
    Path quiet = temp.resolve("damaged-quiet");
    export(0, quiet, options);
    assertEquals(files(quiet), files(out));
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = ThreadMode.SEPARATE_THREAD)
  void anExportThatIsKilledAndStartedAgainHasTheSameBytes() throws Exception {
    send(job("killed", "fox", "a fox", PICTURES).setWidth(8).setHeight(8));
    await("killed", PICTURES);
    int shards = 30;
    Object[] options = {
      "--dataset", "killed", "--format", "webdataset", "--shard-rows", PICTURES / shards
    };
    Path quiet = temp.resolve("killed-quiet");
    export(0, quiet, options);

    Path out = temp.resolve("killed");
    for (int kill = 1; kill <= KILLS; kill++) {
      int enough = kill * shards / (KILLS + 2);
      try (ChildJvm process = start(out, options)) {
        while (done(out) < enough && process.isAlive()) {
          Thread.sleep(2);
        }
        assertTrue(process.isAlive(), "killed while it packs");
        process.kill();
      }
      assertFalse(Files.exists(out.resolve("manifest.json")));
    }
    send(job("killed", "owl", "an owl", 1)); // comes too late
    await("killed", PICTURES + 1);
    CommandLineRun other = export(1, out, "--dataset", "killed", "--format", "metadata");
    assertTrue(other.said().contains("another export goes on there"), other.said());
    assertTrue(other.said().contains("--shard-rows"), "how to end it: " + other.said());
    twiceAtOnce(out, options);
    assertEquals(files(quiet), files(out), "without the picture that came too late");
  }

  /** How many shards are packed. */
  private static int done(Path out) throws IOException {
    Path work = out.resolve(".chitra");
    if (!Files.isDirectory(work)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(work)) {
      return (int) files.filter(file -> file.toString().matches(".*/done/\\d+\\.json")).count();
    } catch (UncheckedIOException e) {
      return 0; // files come and go
    }
  }

  @Test
  void gatesMarkAndDropAndForbid() throws Exception {
    send(job("gated", "fox", "a fox", 4));
    send(job("gated", "mist", "grey", 3));
    await("gated", 7);
    Path out = temp.resolve("gated");
    Object[] options = {"--dataset", "gated", "--format", "webdataset", "--json"};

    CommandLineRun forbidden = export(1, out, with(options, "--require-gate=blank"));
    assertTrue(forbidden.said().contains("mist/0"), forbidden.said());
    assertFalse(Files.exists(out.resolve("manifest.json")));

    JsonNode made = export(0, out, with(options, "--drop=blank")).json();
    assertEquals(4, made.path("pictures").asInt(), made.toString());
    assertEquals(3, made.path("dropped").path("blank").asInt(), made.toString());
    List<String> dropped = Files.readAllLines(out.resolve("dropped.jsonl"));
    assertEquals(3, dropped.size());
    assertTrue(dropped.get(0).contains("\"job_id\":\"mist\""), dropped.toString());
    checkSums(out, files(out));
    Path again = temp.resolve("gated-again");
    export(0, again, with(options, "--drop=blank"));
    assertEquals(files(out), files(again));

    Path marked = temp.resolve("gated-marked");
    JsonNode all = export(0, marked, with(options, "--gates=all")).json();
    assertEquals(7, all.path("pictures").asInt(), "nothing is dropped silently");
    JsonNode manifest = new ObjectMapper().readTree(marked.resolve("manifest.json").toFile());
    JsonNode failed = manifest.findPath("failedGates");
    assertEquals(3, failed.path("blank").asInt(), manifest.toString());
    assertEquals(2, failed.path("exact-duplicate").asInt(), manifest.toString());
  }

  @Test
  void aClusterPacksWhatWasPlanned() throws Exception {
    send(job("planned", "fox", "a fox", 4));
    await("planned", 4);
    Path out = temp.resolve("planned");
    Object[] options = {"--dataset", "planned", "--format", "parquet", "--json"};

    CommandLineRun planned = export(0, out, with(options, "--plan-only"));
    assertEquals("planned", planned.json().path("outcome").asText(), planned.said());
    assertEquals(0, done(out));
    ExportMain.main(
        new String[] {
          "--chitra.export.target",
          out.toString(),
          "--chitra.s3.endpoint",
          stack.addresses().s3Endpoint().toString(),
          "--chitra.s3.bucket",
          stack.addresses().bucket(),
          "--chitra.s3.access-key=" + stack.addresses().accessKey(),
          "--chitra.s3.secret-key=" + stack.addresses().secretKey()
        });
    assertEquals(1, done(out));
    assertEquals("finished", export(0, out, options).json().path("outcome").asText());
  }

  private void checkSums(Path out, SortedMap<String, String> files) throws IOException {
    Map<String, String> expected = new HashMap<>(files);
    expected.remove("manifest.json");
    expected.remove("SHA256SUMS");
    Map<String, String> listed = new HashMap<>();
    for (String line : Files.readAllLines(out.resolve("SHA256SUMS"))) {
      listed.put(line.substring(66), line.substring(0, 64));
    }
    assertEquals(expected, listed);
  }

  private static Object[] with(Object[] options, Object more) {
    return Stream.concat(Stream.of(options), Stream.of(more)).toArray();
  }

  private CommandLineRun export(int exit, Path out, Object... options) throws Exception {
    return exportTo(exit, out.toString(), options);
  }

  private CommandLineRun exportTo(int exit, String to, Object... options) throws Exception {
    CommandLineRun run = CommandLineRun.of(state, arguments(to, options));
    assertEquals(exit, run.exit(), run.said());
    return run;
  }

  private ChildJvm start(Path out, Object... options) throws Exception {
    return CommandLineRun.start(state, arguments(out.toString(), options));
  }

  private static Object[] arguments(String to, Object... options) {
    return Stream.concat(Stream.of("export", "--to", to), Stream.of(options)).toArray();
  }

  /** All files by name, with their SHA-256. */
  private static SortedMap<String, String> files(Path folder) throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString().replace('\\', '/'), Sha256.of(file));
      }
    }
    return files;
  }

  private RenderJob.Builder job(String dataset, String id, String prompt, int pictures) {
    return RenderJob.newBuilder()
        .setId(id)
        .setDataset(dataset)
        .setPrompt(prompt)
        .setSeed(dataset.hashCode() & 0x7fffffffL) // no two datasets share a picture
        .setWidth(32)
        .setHeight(16)
        .setModelDigest(model)
        .setNumImagesPerPrompt(pictures);
  }

  private void send(RenderJob.Builder job) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.producer(Map.of())) {
      producer
          .send(
              new ProducerRecord<>(
                  "render.jobs",
                  (job.getDataset() + "/" + job.getId()).getBytes(UTF_8),
                  Codec.renderJobs().encode(job.build())))
          .get();
    }
  }

  private List<ImageRecord> records(String dataset) throws Exception {
    return kafka.read("render.results").stream()
        .map(value -> Codec.imageRecords().ifReadable(value).orElseThrow())
        .filter(record -> record.getDataset().equals(dataset))
        .toList();
  }

  private void awaitFailed(String dataset, int failed) throws Exception {
    while (kafka.read("render.dead-letters").stream()
            .map(value -> Codec.deadLetters().ifReadable(value).orElseThrow())
            .filter(letter -> dataset.equals(letter.getDataset()))
            .count()
        < failed) {
      stack.check();
      Thread.sleep(200);
    }
  }

  private void await(String dataset, int made) throws Exception {
    while (records(dataset).size() < made) {
      stack.check();
      Thread.sleep(200);
    }
  }
}
