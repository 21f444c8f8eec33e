package io.chitra.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.dataset.Sha256;
import io.chitra.diffusion.Environment;
import io.chitra.embedded.bench.StubModel;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Incident;
import io.chitra.schemas.IncidentKind;
import io.chitra.schemas.RenderJob;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.store.StoredObject;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import io.chitra.worker.topology.Parts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands that look after a cluster, in another JVM, on a real stack; only the pictures are
 * stubs.
 */
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class OperationsTest {

  private static final JsonMapper JSON = new JsonMapper();

  /** So many pictures that nobody waits for their end. */
  private static final int LARGE = 100_000;

  @TempDir private Path temp;

  private Path state;
  private LocalStack stack;
  private KafkaProbe kafka;
  private ObjectStore objects;
  private String model;

  @BeforeEach
  void start() throws Exception {
    Mendable.broken = true;
    Mendable.stuck = new CompletableFuture<>();
    state = temp.resolve("state");
    stack = started(state);
    kafka = new KafkaProbe(stack.addresses().kafka());
    objects = store(stack.addresses());
    model = StubModel.push(objects, temp);
  }

  private static LocalStack started(Path state) throws Exception {
    return StubbedStack.start(state, Parts.ofWorker().withRenderers((w, s) -> new Mendable()));
  }

  private static ObjectStore store(StackAddresses addresses) {
    return S3ObjectStore.open(
        StoreConfig.at(
            addresses.s3Endpoint(),
            addresses.bucket(),
            new StoreCredentials(addresses.accessKey(), addresses.secretKey())));
  }

  private void open() throws Exception {
    stack = started(state);
    kafka = new KafkaProbe(stack.addresses().kafka());
    objects = store(stack.addresses());
  }

  @AfterEach
  void stop() {
    Mendable.stuck.complete(null);
    objects.close();
    stack.close();
  }

  @Test
  void whatFailedIsListedShownAndAskedForAgain() throws Exception {
    send("render.jobs", job("sun", "a sun", 3));
    send("render.jobs", job("rain", "broken", 4));
    send("render.jobs", job("snow", "a flake", 2).setModelDigest("0".repeat(64)));
    byte[] unreadable = "{\"prompt\": \"JSON\"}".getBytes(UTF_8);
    sendBytes("render.jobs", unreadable);
    await("render.results", 3);
    await("render.dead-letters", 6);

    List<JsonNode> letters = lines(run(0, "dead-letters", "list", "--json"));
    assertEquals(6, letters.size());
    assertEquals(
        Set.of("rain 0", "rain 1", "rain 2", "rain 3", "snow null", "null null"),
        letters.stream()
            .map(l -> l.path("job_id").asText() + " " + l.path("first_index").asText())
            .collect(Collectors.toSet()));
    assertEquals(
        List.of("DECODE"),
        lines(run(0, "dead-letters", "list", "--filter", "dataset=", "--json")).stream()
            .map(l -> l.path("stage").asText())
            .toList());
    JsonNode unread =
        letters.stream()
            .filter(l -> l.path("stage").asText().equals("DECODE"))
            .findFirst()
            .orElseThrow();
    CommandLineRun shown = run(0, "dead-letters", "show", unread.path("letter").asText());
    assertTrue(shown.said().contains("{\"prompt\": \"JSON\"}"), shown.said());
    assertTrue(shown.said().contains("render.jobs-"), shown.said());
    Path saved = temp.resolve("saved");
    run(0, "dead-letters", "show", unread.path("letter").asText(), "--save", saved);
    assertEquals(new String(unreadable, UTF_8), Files.readString(saved));

    JsonNode before = run(0, "status", "--json", "--dataset", "weather").json();
    assertEquals("rain 4 0 0 4 0 0", sums(before, "rain"));
    assertEquals("sun 3 3 0 0 0 0", sums(before, "sun"));
    assertEquals("snow 2 0 0 2 0 0", sums(before, "snow"));

    Mendable.broken = false;
    CommandLineRun dry = run(0, "dead-letters", "redrive", "--filter", "job=rain", "--dry-run");
    assertTrue(dry.said().contains("Would send 0 whole submissions and 4 single"), dry.said());
    assertEquals(3, kafka.read("render.results").size());
    CommandLineRun redriven = run(0, "dead-letters", "redrive", "--filter", "job=rain");
    assertTrue(redriven.said().contains("0-3"), redriven.said());
    await("render.results", 7);

    List<ConsumerRecord<byte[], byte[]>> sent = sentAgain();
    assertEquals(1, sent.size(), "one range");
    RenderJob again = Codec.renderJobs().decode(sent.get(0).value());
    assertEquals(0, again.getFirstIndex());
    assertEquals(4, again.getIndexCount());
    assertTrue(String.valueOf(again.getSubmittedBy()).contains("redrive"));
    Header of = sent.get(0).headers().lastHeader("chitra.again.of");
    assertTrue(new String(of.value(), UTF_8).startsWith("render.jobs-"));

    assertEquals(2, lines(run(0, "dead-letters", "list", "--json")).size(), "the others stand");
    assertEquals(6, lines(run(0, "dead-letters", "list", "--json", "--all")).size());
    run(0, "dead-letters", "redrive", "--all");
    await("render.dead-letters", 8);
    assertTrue(
        sentAgain().stream().anyMatch(record -> Arrays.equals(unreadable, record.value())),
        "its bytes as they were");
    List<JsonNode> left = lines(run(0, "dead-letters", "list", "--json"));
    assertEquals(2, left.size(), "those that failed anew, and not those from before");
    assertFalse(left.contains(unread));

    JsonNode after = run(0, "status", "--json", "--dataset", "weather").json();
    assertEquals("rain 4 4 0 0 0 0", sums(after, "rain"));
    JsonNode all = run(0, "status", "--json", "--dataset", "weather", "--all").json();
    assertEquals("rain 8 4 0 4 0 0", sums(all, "rain"));

    JsonNode fsck = run(0, "fsck", "--json").json();
    assertEquals(7, fsck.path("submissions").asInt());
    assertEquals(7, fsck.path("made").asInt());
    assertTrue(fsck.path("good").asBoolean(), fsck.toString());
  }

  @Test
  void aJobsFailuresAreRetriedOnce() throws Exception {
    send("render.jobs", job("rain", "broken", 3));
    await("render.dead-letters", 3);

    assertEquals(2, run(2, "retry", "rain", "--dataset", "weather", "--index", "3").exit());
    assertEquals(1, run(1, "retry", "fog", "--dataset", "weather").exit());
    Mendable.broken = false;
    JsonNode sent = run(0, "retry", "rain", "--dataset", "weather", "--json").json();
    assertEquals(3, sent.path("pictures").asInt(), sent.toString());
    await("render.results", 3);
    CommandLineRun nothing = run(0, "retry", "rain", "--dataset", "weather");
    assertTrue(nothing.said().contains("Nothing of job rain"), nothing.said());
    run(0, "retry", "rain", "--dataset", "weather", "--index", "0,2");
    await("render.results", 5);
    assertEquals(4, records("render.jobs").size());
  }

  /** Both are of one dataset, where jobs of one priority would follow each other. */
  @Test
  void anUrgentJobPassesARunningOneWhileSomebodyWatches() throws Exception {
    submit("low", "large", "slow", LARGE);
    await("render.results", 50);
    try (ChildJvm watch =
        CommandLineRun.start(state, "status", "--watch", "--json", "--dataset", "weather")) {
      JsonNode first = look(watch);
      assertEquals(LARGE, find(first, "large").path("asked").asInt(), first.toString());

      submit("high", "urgent", "a sun", 50);
      JsonNode now = look(watch);
      while (!isIn(now, "urgent") || find(now, "urgent").path("open").asInt() > 0) {
        now = look(watch);
      }
      assertEquals("urgent 50 50 0 0 0 0", sums(now, "urgent"));
      assertTrue(find(now, "large").path("open").asInt() > 0, "it is passed: " + now);

      watch.terminate();
      watch.await();
      assertTrue(watch.said().contains("Stopped."), watch.said());
    }
    assertEquals(1, records("render.jobs.high").size());
    assertEquals(1, records("render.jobs.low").size());
    stack.check(); // whoever watches only watches
  }

  private void submit(String priority, String job, String prompt, int pictures) throws Exception {
    Path file =
        Files.writeString(
            temp.resolve(job + ".jsonl"),
            "{\"id\": \"%s\", \"prompt\": \"%s\", \"num_images_per_prompt\": %d}%n"
                .formatted(job, prompt, pictures));
    Path folder = StubModel.write(temp.resolve("submitted-model"));
    run(
        0,
        "submit",
        file,
        "--dataset",
        "weather",
        "--priority",
        priority,
        "--model",
        folder,
        "--seed",
        7);
  }

  /** What the next look has found. */
  private static JsonNode look(ChildJvm watch) throws Exception {
    return JSON.readTree(watch.awaitLine("{"));
  }

  @Test
  void whatWasCancelledIsAskedForAgainOnceSomebodySaysSo() throws Exception {
    send("render.jobs", job("rain", "stuck", 20));

    CommandLineRun cancelled = run(0, "cancel", "rain", "--dataset", "weather");
    assertTrue(cancelled.said().contains("Cancelled 20 pictures"), cancelled.said());
    CommandLineRun failed = run(0, "retry", "rain", "--dataset", "weather", "--failed");
    assertTrue(failed.said().contains("Nothing of job rain"), failed.said());
    JsonNode dry =
        run(0, "retry", "rain", "--dataset", "weather", "--cancelled", "--dry-run", "--json")
            .json();
    assertEquals(20, dry.path("pictures").asInt(), dry.toString());
    assertEquals(1, jobs(), "nothing is sent");

    Mendable.stuck.complete(null);
    run(0, "retry", "rain", "--dataset", "weather", "--cancelled");
    await("render.results", 20);
    JsonNode status = run(0, "status", "--json", "--dataset", "weather").json();
    assertEquals("rain 20 20 0 0 0 0", sums(status, "rain"));
    JsonNode all = run(0, "status", "--json", "--dataset", "weather", "--all").json();
    assertEquals("rain 40 20 0 0 20 0", sums(all, "rain"));
    CommandLineRun again = run(0, "retry", "rain", "--dataset", "weather");
    assertTrue(again.said().contains("Nothing of job rain"), again.said());
    assertTrue(run(0, "fsck", "--json").json().path("good").asBoolean());
  }

  @Test
  void recordsWithoutTheirObjectsAreFoundAndMadeAgain() throws Exception {
    send("render.jobs", job("sun", "a sun", 6));
    await("render.results", 6);
    ImageRecord missing = record(0);
    ImageRecord shorter = record(1);
    ImageRecord other = record(2);
    objects.delete(missing.getObjectKey()).join();
    overwrite(shorter, "short");
    overwrite(other, "x".repeat((int) other.getFileBytes()));
    objects
        .put(
            "images/00/orphan.png",
            "nobody's".getBytes(UTF_8),
            "image/png",
            Map.of("made-for", "render.jobs/0/0"))
        .join();

    JsonNode quick = run(1, "fsck", "--json").json();
    assertEquals(1, quick.path("missing_object").asInt(), quick.toString());
    assertEquals(1, quick.path("wrong_length").asInt(), quick.toString());
    assertEquals(0, quick.path("wrong_hash").asInt(), "the metadata says what it should");
    assertEquals(1, quick.path("orphans").asInt(), quick.toString());
    assertEquals(0, quick.path("ended_twice").asInt(), quick.toString());
    JsonNode dataset = run(1, "fsck", "--json", "--dataset", "weather").json();
    assertEquals(1, dataset.path("missing_object").asInt(), dataset.toString());
    assertTrue(dataset.path("orphans").isNull(), dataset.toString());
    assertEquals(
        0, run(0, "fsck", "--json", "--dataset", "animals").json().path("submissions").asInt());

    // The worker runs, so what may be on its way to a record is not deleted.
    CommandLineRun repaired = run(1, "fsck", "--deep", "--repair", "--settle", "2", "--json");
    JsonNode repair = repaired.json().path("repair");
    assertEquals(3, repair.path("remade").asInt(), repaired.said());
    assertEquals(2, repair.path("wrong_objects_deleted").asInt(), repaired.said());
    assertEquals(0, repair.path("orphans_deleted").asInt(), repaired.said());
    await("render.results", 9);
    for (ImageRecord record : new ImageRecord[] {missing, shorter, other}) {
      byte[] bytes = objects.get(record.getObjectKey()).join();
      assertEquals(record.getFileSha256(), Sha256.of(bytes), "the same bits again");
    }
    assertEquals(
        List.of(IncidentKind.REPAIRED),
        kafka.read("render.incidents").stream().map(this::kind).toList());

    objects.close();
    stack.close();
    JsonNode alone = run(0, "fsck", "--deep", "--repair", "--json").json();
    assertEquals("no_worker", alone.path("worker").asText(), alone.toString());
    assertEquals(1, alone.path("repair").path("orphans_deleted").asInt(), alone.toString());
    assertEquals(0, alone.path("repair").path("remade").asInt(), alone.toString());
    open();
    assertTrue(run(0, "fsck", "--deep", "--json").json().path("good").asBoolean());
    Set<String> keys = new TreeSet<>();
    objects.list("images/").forEach(keys::add);
    assertEquals(6, keys.size(), keys.toString());
  }

  /** Looked at from outside, a picture that nobody works on is like one that takes for ever. */
  @Test
  void whatNobodyWorksOnIsAskedForAgainAndTurnsTheStatusRedUntilThen() throws Exception {
    send("render.jobs", job("rain", "stuck", 1));
    send("render.jobs", job("sun", "a sun", 2));
    await("render.results", 2);
    incident();

    CommandLineRun red = run(1, "status", "--json");
    assertEquals(
        "LOST_TRANSACTION", red.json().path("incidents").path(0).path("kind").asText(), red.said());
    assertTrue(run(1, "status").said().contains("fsck --repair"));

    JsonNode found = fsckWhenIdle(1);
    assertEquals(1, found.path("lost").asInt(), found.toString());
    JsonNode repaired = run(0, "fsck", "--repair", "--settle", "4", "--json").json();
    assertEquals(1, repaired.path("repair").path("lost_asked_again").asInt(), repaired.toString());
    assertEquals(3, jobs());
    JsonNode green = run(0, "status", "--json", "--dataset", "weather").json();
    assertEquals("rain 1 0 0 0 0 1", sums(green, "rain"));

    JsonNode once = fsckWhenIdle(1);
    assertEquals(1, once.path("lost").asInt(), "the newer submission is stuck too");
    assertEquals(1, once.path("replaced").asInt(), once.toString());
    Mendable.stuck.complete(null);
    await("render.results", 4);
    assertTrue(run(0, "fsck", "--json").json().path("good").asBoolean());
  }

  @Test
  void whatWorksIsLeftAlone() throws Exception {
    send("render.jobs", job("rain", "stuck", 1));
    send("render.jobs", job("sun", "a sun", 200_000));
    await("render.results", 10);

    CommandLineRun busy = run(0, "fsck", "--repair", "--settle", "1", "--json");
    JsonNode json = busy.json();
    assertEquals("busy", json.path("worker").asText(), busy.said());
    assertEquals(0, json.path("lost").asInt(), busy.said());
    assertTrue(json.path("open").asInt() > 0, busy.said());
    assertEquals(0, json.path("repair").path("lost_asked_again").asInt(), busy.said());
    assertEquals(2, jobs());
  }

  @Test
  void sumsGoOnWhereTheStackWasStopped() throws Exception {
    for (int round = 1; round <= 3; round++) {
      send("render.jobs", job("round-" + round, "a sun", 40 * round));
      await("render.results", 20 * round * (round + 1) - 20);
      objects.close();
      stack.close();
      open();
    }
    await("render.results", 240);
    JsonNode status = run(0, "status", "--json", "--dataset", "weather").json();
    for (int round = 1; round <= 3; round++) {
      JsonNode job = find(status, "round-" + round);
      assertEquals(40 * round, job.path("asked").asInt(), status.toString());
      assertEquals(
          40 * round, job.path("rendered").asInt() + job.path("reused").asInt(), status.toString());
      assertEquals(0, job.path("open").asInt(), status.toString());
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> sentAgain() {
    return records("render.jobs").stream()
        .filter(record -> record.headers().lastHeader("chitra.again.of") != null)
        .toList();
  }

  private IncidentKind kind(byte[] value) {
    try {
      return Codec.incidents().decode(value).getKind();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void incident() throws Exception {
    Incident incident =
        new Incident(IncidentKind.LOST_TRANSACTION, "a test says so", Instant.now());
    try (Producer<byte[], byte[]> producer = kafka.producer(Map.of())) {
      producer
          .send(new ProducerRecord<>("render.incidents", Codec.incidents().encode(incident)))
          .get();
    }
  }

  private void overwrite(ImageRecord record, String bytes) {
    StoredObject stored = objects.head(record.getObjectKey()).join().orElseThrow();
    objects
        .put(record.getObjectKey(), bytes.getBytes(UTF_8), "image/png", stored.metadata())
        .join();
  }

  /** A worker that has just been given something is busy: what is open then is not lost yet. */
  private JsonNode fsckWhenIdle(int exit) throws Exception {
    while (true) {
      CommandLineRun run = CommandLineRun.of(state, "fsck", "--settle", "4", "--json");
      if (!run.json().path("worker").asText().equals("busy")) {
        assertEquals(exit, run.exit(), run.said());
        assertEquals("idle", run.json().path("worker").asText(), run.said());
        return run.json();
      }
    }
  }

  private ImageRecord record(int index) throws Exception {
    for (byte[] value : kafka.read("render.results")) {
      ImageRecord record = Codec.imageRecords().decode(value);
      if (record.getImageIndex() == index) {
        return record;
      }
    }
    throw new AssertionError("no record of index " + index);
  }

  private int jobs() {
    return records("render.jobs").size();
  }

  /** In the order in which the broker took them. */
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
        consumer.poll(java.time.Duration.ofMillis(100)).forEach(records::add);
      }
    }
    records.sort((a, b) -> Long.compare(a.timestamp(), b.timestamp()));
    return records;
  }

  private void await(String topic, int records) throws Exception {
    while (kafka.read(topic).size() < records) {
      stack.check();
      Thread.sleep(100);
    }
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

  private static boolean isIn(JsonNode status, String job) {
    return status.path("jobs").findValuesAsText("job_id").contains(job);
  }

  private static JsonNode find(JsonNode status, String job) {
    for (JsonNode sums : status.path("jobs")) {
      if (sums.path("job_id").asText().equals(job)) {
        return sums;
      }
    }
    throw new AssertionError("no job " + job + " in " + status);
  }

  /** Asked, rendered, reused, failed, cancelled, open. */
  private static String sums(JsonNode status, String job) {
    JsonNode sums = find(status, job);
    StringBuilder text = new StringBuilder(job);
    for (String field : List.of("asked", "rendered", "reused", "failed", "cancelled", "open")) {
      text.append(' ').append(sums.path(field).asInt(-1));
    }
    return text.toString();
  }

  private RenderJob.Builder job(String id, String prompt, int pictures) {
    return RenderJob.newBuilder()
        .setId(id)
        .setDataset("weather")
        .setPrompt(prompt)
        .setSeed((long) Math.abs(id.hashCode() % 1000) * 100_000)
        .setNumImagesPerPrompt(pictures)
        .setModelDigest(model);
  }

  private void send(String topic, RenderJob.Builder job) throws Exception {
    sendBytes(topic, Codec.renderJobs().encode(job.build()));
  }

  private void sendBytes(String topic, byte[] value) throws Exception {
    try (Producer<byte[], byte[]> producer = kafka.producer(Map.of())) {
      producer.send(new ProducerRecord<>(topic, value)).get();
    }
  }

  /**
   * Makes a few bytes in place of a picture, unless its prompt is "broken", as long as nobody has
   * mended that, or "stuck", as long as nobody lets it go; "slow" ones take a moment.
   */
  private static final class Mendable implements Renderer {

    private static final long SLOW_MILLIS = 20;

    private static final Environment ENVIRONMENT = new Environment(Map.of("engine", "stub"));

    static volatile boolean broken;
    static volatile CompletableFuture<Void> stuck = new CompletableFuture<>();

    @Override
    public CompletableFuture<RenderedPicture> render(ImageTask task) {
      if (task.prompt().equals("broken") && broken) {
        return CompletableFuture.failedFuture(
            new RenderException("Cannot render: it is broken", new Exception("stub")));
      }
      return switch (task.prompt()) {
        case "stuck" -> stuck.thenApply(free -> picture(task));
        case "slow" ->
            new CompletableFuture<RenderedPicture>()
                .completeOnTimeout(picture(task), SLOW_MILLIS, TimeUnit.MILLISECONDS);
        default -> CompletableFuture.completedFuture(picture(task));
      };
    }

    private static RenderedPicture picture(ImageTask task) {
      byte[] pixels = (task.prompt() + "/" + task.seed()).getBytes(UTF_8);
      return new RenderedPicture(pixels, "image/png", Sha256.of(pixels), 2, ENVIRONMENT);
    }

    @Override
    public CompletableFuture<Truncation> truncation(ImageTask task) {
      return CompletableFuture.completedFuture(Truncation.NONE);
    }

    @Override
    public int pixelVersion() {
      return 1;
    }

    @Override
    public Environment environment() {
      return ENVIRONMENT;
    }

    @Override
    public void close() {}
  }
}
