package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackOptions;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Submission;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** The real command line on the real stack with the real model: prompts in, pictures out. */
@Timeout(value = 900, threadMode = ThreadMode.SEPARATE_THREAD)
class EndToEndTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir static Path temp;

  private static LocalStack stack;
  private static KafkaProbe kafka;
  private static ObjectStore objects;

  @BeforeAll
  static void start() throws Exception {
    stack = open(temp.resolve("state"));
    StackAddresses addresses = stack.addresses();
    kafka = new KafkaProbe(addresses.kafka());
    objects =
        S3ObjectStore.open(
            StoreConfig.at(
                addresses.s3Endpoint(),
                addresses.bucket(),
                new StoreCredentials(addresses.accessKey(), addresses.secretKey())));
  }

  @AfterAll
  static void stop() {
    objects.close();
    stack.close();
  }

  @Test
  void picturesAreTheReferencesAndAreReusedTheSecondTime() throws Exception {
    Path jobs = temp.resolve("golden.jsonl");
    Files.write(jobs, resource("jobs.jsonl"));
    Path out = temp.resolve("golden");

    CommandLineRun first =
        CommandLineRun.alone(temp.resolve("state"), "render", jobs, "--out", out, "--json");
    assertEquals(0, first.exit(), first.said());
    assertEquals(3, first.json().path("rendered").asInt(), first.said());

    Map<String, JsonNode> rows = rows(out);
    assertEquals(Set.of("sunset-bn", "car-euler", "cat-neg"), rows.keySet());
    for (Map.Entry<String, JsonNode> row : rows.entrySet()) {
      Path picture = out.resolve(row.getValue().path("file_name").asText());
      assertAlike(resource(row.getKey() + "-0.png"), Files.readAllBytes(picture));
    }
    String prompt = "একটি সুন্দর সূর্যাস্তের দৃশ্য";
    JsonNode bengali = Objects.requireNonNull(rows.get("sunset-bn"));
    assertEquals(prompt, bengali.path("prompt").asText());
    String png =
        new String(Files.readAllBytes(out.resolve(bengali.path("file_name").asText())), UTF_8);
    assertTrue(png.contains("parameters") && png.contains(prompt));

    Map<String, ImageRecord> records = byJob(records("golden"));
    assertEquals(prompt, record(records, "sunset-bn").getPrompt());
    for (ImageRecord record : records.values()) {
      byte[] object = objects.get(record.getObjectKey()).join();
      assertEquals(record.getFileBytes(), object.length);
      assertEquals(record.getFileSha256(), sha256(object));
      assertFalse(record.getReused());
    }

    CommandLineRun second = render(jobs, out);
    assertEquals(0, second.exit(), second.said());
    assertEquals(0, second.json().path("rendered").asInt(), second.said());
    assertEquals(3, second.json().path("reused").asInt(), second.said());
    List<ImageRecord> all = records("golden");
    assertEquals(6, all.size());
    Set<ImageRecord> alike = new HashSet<>();
    for (ImageRecord record : all) {
      assertEquals(!records.containsValue(record), record.getReused());
      alike.add(withoutOrigin(record));
    }
    assertEquals(3, alike.size(), "equal but for submission and reused");
  }

  @Test
  void givenPicturesAreEditedAsTheReferenceEditsThemAndShownOnTheirWay() throws Exception {
    Path folder = temp.resolve("edits");
    Files.createDirectories(folder.resolve("inputs"));
    Path jobs = folder.resolve("edits.jsonl");
    Files.write(jobs, resource("edits.jsonl"));
    for (String name : List.of("scene.png", "mask.png", "house.png")) {
      Files.write(folder.resolve("inputs").resolve(name), resource(name));
    }
    Path out = temp.resolve("edited");

    CommandLineRun run = render(jobs, out);

    assertEquals(1, run.exit(), run.said());
    assertTrue(run.said().contains("edits.jsonl:3: image: there is no file"), run.said());
    Map<String, JsonNode> rows = rows(out);
    assertEquals(Set.of("inpaint-soft", "outpaint"), rows.keySet());
    JsonNode inpainted = Objects.requireNonNull(rows.get("inpaint-soft"));
    assertAlike(
        resource("inpaint-soft-0.png"),
        Files.readAllBytes(out.resolve(inpainted.path("file_name").asText())));
    String given = sha256(resource("scene.png"));
    assertEquals(given, inpainted.path("input_image_sha256").asText());
    assertEquals(given, sha256(objects.get("inputs/" + given).join()));

    JsonNode outpainted = Objects.requireNonNull(rows.get("outpaint"));
    BufferedImage canvas =
        ImageIO.read(out.resolve(outpainted.path("file_name").asText()).toFile());
    BufferedImage house = ImageIO.read(new ByteArrayInputStream(resource("house.png")));
    assertEquals(64 + house.getWidth(), canvas.getWidth());
    for (int i = 0; i < house.getWidth() * house.getHeight(); i++) {
      int x = i % house.getWidth();
      int y = i / house.getWidth();
      assertEquals(house.getRGB(x, y), canvas.getRGB(64 + x, y), "given pixels stay");
    }

    Path strip = temp.resolve("strip.png");
    CommandLineRun show =
        CommandLineRun.of(
            temp.resolve("state"),
            "show",
            "edits",
            "--job",
            "outpaint",
            "--steps",
            "3",
            "--out",
            strip);
    assertEquals(0, show.exit(), show.said());
    BufferedImage frames = ImageIO.read(strip.toFile());
    assertEquals(3 * canvas.getWidth(), frames.getWidth());
    int last = 2 * canvas.getWidth();
    assertEquals(canvas.getRGB(10, 10), frames.getRGB(last + 10, 10));
    assertNotEquals(canvas.getRGB(10, 10), frames.getRGB(10, 10));
  }

  @Test
  void brokenLinesAndValuesAreToldAndTheGoodOnesAreRendered() throws Exception {
    List<String> broken =
        List.of(
            "not JSON",
            "[\"a list\"]",
            "{}",
            "{\"prompt\": 7}",
            "{\"prompt\": \"a cat\", \"seed\": 1.5}",
            "{\"prompt\": \"a cat\", \"seed\": true}",
            "{\"prompt\": \"a cat\", \"guidance_scale\": NaN}",
            "{\"prompt\": \"a cat\", \"width\": 0}",
            "{\"prompt\": \"a cat\", \"width\": 100000}",
            "{\"prompt\": \"a cat\", \"height\": 100}",
            "{\"prompt\": \"a cat\", \"scheduler\": \"unknown\"}",
            "{\"prompt\": \"a cat\", \"promt\": \"a dog\"}",
            "{\"prompt\": \"a cat\", \"prompt\": \"a dog\"}",
            "{\"prompt\": \"a cat\", \"id\": \"../etc\"}",
            "{\"prompt\": \"" + "x".repeat(10_000_000) + "\"}");
    List<String> lines = new ArrayList<>(broken);
    lines.add(0, "{\"id\": \"first\", \"prompt\": \"a red car\", \"num_inference_steps\": 2}");
    lines.add("{\"id\": \"last\", \"prompt\": \"a red car\", \"num_inference_steps\": 3}");
    Path jobs = Files.write(temp.resolve("broken.jsonl"), lines);
    int letters = kafka.read("render.dead-letters").size();
    int values = 30;
    sendBroken(values);

    CommandLineRun run = render(jobs, temp.resolve("broken"));

    assertEquals(1, run.exit(), run.said());
    assertEquals(2, run.json().path("rendered").asInt(), run.said());
    assertEquals(broken.size(), run.json().path("refused").asInt(), run.said());
    assertFalse(run.said().contains("\tat "), "no stack trace");
    for (int line = 2; line <= broken.size() + 1; line++) {
      assertTrue(run.said().contains("broken.jsonl:" + line + ":"), "line " + line + " is named");
    }
    assertEquals(Set.of("first", "last"), rows(temp.resolve("broken")).keySet());
    while (kafka.read("render.dead-letters").size() < letters + values) {
      stack.check();
      Thread.sleep(200);
    }
    assertEquals(letters + values, kafka.read("render.dead-letters").size());
    picturesOfTheModelComeOutAgainAsTheyAreStored();
  }

  private static void picturesOfTheModelComeOutAgainAsTheyAreStored() throws Exception {
    Path state = temp.resolve("state");
    CommandLineRun verified = CommandLineRun.of(state, "verify", "--dataset", "broken", "--json");
    assertEquals(0, verified.exit(), verified.said());
    assertEquals(2, verified.json().path("equal").asInt(), verified.said());

    Path file = temp.resolve("first.png");
    CommandLineRun shown =
        CommandLineRun.of(
            state, "show", "broken", "--job", "first", "--render", "--json", "--out", file);
    assertEquals(0, shown.exit(), shown.said());
    assertEquals("equal", shown.json().path("verified").path("outcome").asText(), shown.said());
    assertEquals(shown.json().path("file_sha256").asText(), sha256(Files.readAllBytes(file)));
    BufferedImage again = ImageIO.read(temp.resolve("first-again.png").toFile());
    assertEquals(ImageIO.read(file.toFile()).getRGB(7, 7), again.getRGB(7, 7));
  }

  @Test
  void killedRunIsCompletedByTheSameCommand() throws Exception {
    int pictures = 8;
    Path state = temp.resolve("killed-state");
    Path out = temp.resolve("killed");
    Path jobs =
        Files.writeString(
            temp.resolve("killed.jsonl"),
            "{\"id\": \"face\", \"prompt\": \"smiling face\", \"num_inference_steps\": 4,"
                + " \"num_images_per_prompt\": "
                + pictures
                + "}\n");
    try (ChildJvm run = CommandLineRun.start(state, "render", jobs, "--out", out)) {
      run.awaitLine("Rendering");
      while (images(state) < 2) {
        Thread.sleep(50);
      }
      run.kill();
    }

    CommandLineRun again = CommandLineRun.alone(state, "render", jobs, "--out", out, "--json");

    assertEquals(0, again.exit(), again.said());
    assertEquals(pictures, again.json().path("pictures").asInt(), again.said());
    assertTrue(again.json().path("reused").asInt() >= 2, again.said());
    Set<Integer> indexes = new TreeSet<>();
    for (String line : Files.readAllLines(out.resolve("metadata.jsonl"))) {
      assertTrue(indexes.add(JSON.readTree(line).path("image_index").asInt()), "none twice");
    }
    assertEquals(
        IntStream.range(0, pictures).boxed().collect(Collectors.toSet()), indexes, "none missing");

    try (LocalStack later = open(state)) {
      KafkaProbe probe = new KafkaProbe(later.addresses().kafka());
      List<ImageRecord> records = records(probe, "killed");
      while (records.size() < 2 * pictures) {
        later.check();
        Thread.sleep(200);
        records = records(probe, "killed");
      }
      Set<String> names =
          records.stream()
              .map(record -> record.getSubmission() + "#" + record.getImageIndex())
              .collect(Collectors.toSet());
      assertEquals(2 * pictures, records.size());
      assertEquals(2 * pictures, names.size(), "one record a picture of each submission");
    }
  }

  private static LocalStack open(Path state) throws Exception {
    return LocalMachine.provider().openStack(new StackOptions(state, 0, 0, 0));
  }

  private static long images(Path state) throws IOException {
    Path images = new StateFolder(state).s3().resolve("objects/chitra/images");
    if (!Files.isDirectory(images)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(images)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private static CommandLineRun render(Path jobs, Path out) throws Exception {
    return CommandLineRun.of(temp.resolve("state"), "render", jobs, "--out", out, "--json");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = EndToEndTest.class.getResourceAsStream("/golden/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static Map<String, JsonNode> rows(Path out) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("metadata.jsonl"))) {
      rows.add(JSON.readTree(line));
    }
    return rows.stream()
        .collect(Collectors.toMap(row -> row.path("job_id").asText(), Function.identity()));
  }

  private static void assertAlike(byte[] expected, byte[] actual) throws IOException {
    BufferedImage wanted = ImageIO.read(new ByteArrayInputStream(expected));
    BufferedImage found = ImageIO.read(new ByteArrayInputStream(actual));
    assertEquals(wanted.getWidth(), found.getWidth());
    assertEquals(wanted.getHeight(), found.getHeight());
    int largest = 0;
    for (int y = 0; y < wanted.getHeight(); y++) {
      for (int x = 0; x < wanted.getWidth(); x++) {
        for (int shift = 0; shift <= 16; shift += 8) {
          int w = wanted.getRGB(x, y) >> shift & 0xff;
          int f = found.getRGB(x, y) >> shift & 0xff;
          largest = Math.max(largest, Math.abs(w - f));
        }
      }
    }
    assertTrue(largest <= 1, "differs by " + largest + " levels");
  }

  private static List<ImageRecord> records(String dataset) throws Exception {
    return records(kafka, dataset);
  }

  private static List<ImageRecord> records(KafkaProbe kafka, String dataset) throws Exception {
    List<ImageRecord> records = new ArrayList<>();
    for (byte[] value : kafka.read("render.results")) {
      ImageRecord record = Codec.imageRecords().decode(value);
      if (record.getDataset().equals(dataset)) {
        records.add(record);
      }
    }
    return records;
  }

  private static Map<String, ImageRecord> byJob(List<ImageRecord> records) {
    return records.stream().collect(Collectors.toMap(ImageRecord::getJobId, Function.identity()));
  }

  private static ImageRecord record(Map<String, ImageRecord> records, String job) {
    return Objects.requireNonNull(records.get(job), job);
  }

  private static ImageRecord withoutOrigin(ImageRecord record) {
    return ImageRecord.newBuilder(record)
        .setSubmission(new Submission("", 0, 0L))
        .setReused(false)
        .build();
  }

  private static void sendBroken(int values) throws Exception {
    Random random = new Random(7);
    try (Producer<byte[], byte[]> producer = kafka.producer(Map.of())) {
      for (int i = 0; i < values; i++) {
        byte[] value = new byte[i * 7];
        random.nextBytes(value);
        producer.send(new ProducerRecord<>("render.jobs", value)).get();
      }
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
