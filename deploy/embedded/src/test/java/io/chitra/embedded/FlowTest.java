package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.topics.Topic;
import io.chitra.embedded.bench.StubModel;
import io.chitra.schemas.Cancel;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Submission;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.RendererFactory;
import io.chitra.worker.topology.Topics;
import io.chitra.worker.topology.WorkerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who goes first, who shares, and what is cancelled: on a real broker, a real S3 endpoint and a
 * real Flink; only the pictures are stubs.
 */
@Timeout(240)
class FlowTest {

  private static final int LARGE = 100_000;

  @TempDir private static Path folder;

  private static EmbeddedKafka kafka;
  private static EmbeddedS3 s3;
  private static ObjectStore objects;
  private static String model;

  @TempDir private Path checkpoints;

  private final String run = UUID.randomUUID().toString();
  private final String high = "high-" + run;
  private final String normal = "normal-" + run;
  private final String low = "low-" + run;
  private final String cancels = "cancels-" + run;
  private final Map<String, String> more = new HashMap<>();

  /** The ends of pictures as they were seen, by submission and job. */
  private final Map<Submission, BitSet> ended = new HashMap<>();

  private final Map<String, Integer> made = new TreeMap<>();
  private final Map<String, Integer> cancelled = new TreeMap<>();

  private Configuration options;
  private Consumer<byte[], byte[]> committed;
  private @Nullable EmbeddedFlink flink;
  private CompletableFuture<Optional<String>> workerEnded = new CompletableFuture<>();

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
    List<String> ends = List.of("results-" + run, "dead-letters-" + run, "cancelled-" + run);
    more.putAll(
        Map.ofEntries(
            Map.entry("chitra.kafka.bootstrap-servers", kafka.bootstrapServers()),
            Map.entry("chitra.kafka.transaction-prefix", "worker-" + run),
            Map.entry("chitra.topics.jobs-high", high),
            Map.entry("chitra.topics.jobs", normal),
            Map.entry("chitra.topics.jobs-low", low),
            Map.entry("chitra.topics.results", ends.get(0)),
            Map.entry("chitra.topics.dead-letters", ends.get(1)),
            Map.entry("chitra.topics.cancelled", ends.get(2)),
            Map.entry("chitra.topics.cancels", cancels),
            Map.entry("chitra.topics.attempts", "attempts-" + run),
            Map.entry("chitra.topics.incidents", "incidents-" + run),
            Map.entry("chitra.topics.summary", "summary-" + run),
            Map.entry("chitra.s3.endpoint", s3.endpoint().toString()),
            Map.entry("chitra.s3.bucket", EmbeddedS3.BUCKET),
            Map.entry("chitra.s3.access-key", s3.credentials().accessKey()),
            Map.entry("chitra.s3.secret-key", s3.credentials().secretKey()),
            Map.entry("chitra.model-cache.directory", folder.resolve("cache").toString()),
            Map.entry("chitra.checkpoint.interval", "200 ms"),
            Map.entry("chitra.checkpoint.directory", checkpoints.toUri().toString())));
    options = WorkerOptions.parse(more);
    Topics.ensure(options);
    committed = new KafkaProbe(kafka.bootstrapServers()).consumer("test-" + run);
    committed.subscribe(ends);
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
  void anUrgentJobEndsWhileALargeOneGoesOn() throws Exception {
    send(normal, job("large", "catalogue").setNumImagesPerPrompt(LARGE));
    start();
    await(() -> made("large") >= 200);

    send(high, job("urgent", "campaign").setNumImagesPerPrompt(50));
    await(() -> made("urgent") == 50);

    int before = made("large");
    assertTrue(before < LARGE, before + " of the large job");
    await(() -> made("large") > before);
  }

  @Test
  void lowerPrioritiesGoOnBesideAnUrgentLargeJob() throws Exception {
    send(high, job("urgent", "campaign").setNumImagesPerPrompt(LARGE));
    send(low, job("someday", "catalogue").setNumImagesPerPrompt(20));
    start();

    await(() -> made("someday") == 20);

    assertTrue(made("urgent") < LARGE, made("urgent") + " of the urgent job");
  }

  @Test
  void datasetsOfOnePriorityShare() throws Exception {
    send(normal, job("large", "catalogue").setNumImagesPerPrompt(LARGE));
    send(normal, job("larger", "catalogue").setNumImagesPerPrompt(LARGE));
    send(normal, job("small", "another").setNumImagesPerPrompt(300));
    start();

    await(() -> made("small") == 300);

    assertTrue(made("large") < LARGE, made("large") + " of the large job");
    assertEquals(0, made("larger"), "within a dataset, jobs follow each other");
  }

  @Test
  void aFullWindowHoldsBackItsOwnPriorityAlone() throws Exception {
    more.put("chitra.plan.open-jobs", "5");
    options = WorkerOptions.parse(more);
    for (int i = 0; i < 20; i++) {
      send(normal, job("large-" + i, "dataset-" + i).setNumImagesPerPrompt(LARGE));
    }
    start();
    await(() -> made("large-4") > 0);
    send(high, job("urgent", "campaign").setNumImagesPerPrompt(50));
    send(low, job("someday", "catalogue").setNumImagesPerPrompt(5));
    await(() -> made("urgent") == 50 && made("someday") == 5 && made.size() >= 7);

    assertEquals(
        Set.of("large-0", "large-1", "large-2", "large-3", "large-4", "someday", "urgent"),
        made.keySet());
    cancel("dataset-0", null);
    await(() -> made("large-5") > 0);
  }

  @Test
  void queuedAndRunningPicturesOfAJobAreCancelledAndALaterSubmissionOfItLives() throws Exception {
    Submission stuck = send(normal, job("cat", "d").setPrompt("waits").setNumImagesPerPrompt(500));
    send(normal, job("dog", "d"));
    int waiting = StubRenderer.WAITING.get();
    start();
    int inFlight = options.get(WorkerOptions.RENDER_IN_FLIGHT);
    await(() -> StubRenderer.WAITING.get() == waiting + inFlight); // no slot is left

    cancel("d", "cat");
    await(() -> endedOf(stuck) == 500 && made("dog") == 1);

    assertEquals(Map.of("cat", 500), cancelled);
    Submission again = send(normal, job("cat", "d").setNumImagesPerPrompt(3));
    await(() -> endedOf(again) == 3);
    assertEquals(3, made("cat"));
    assertEquals(Map.of("cat", 500), cancelled);
  }

  @Test
  void aDatasetIsCancelledInTheMiddleAndEveryPictureEndsOnce() throws Exception {
    Submission large =
        send(normal, job("large", "catalogue").setNumImagesPerPrompt(LARGE).setFirstIndex(10));
    Submission urgent = send(high, job("urgent", "catalogue").setNumImagesPerPrompt(LARGE));
    Submission unread = send(low, job("someday", "catalogue").setNumImagesPerPrompt(7));
    start();
    await(() -> made("large") >= 50 && made("urgent") >= 50);

    cancel("catalogue", null);
    await(() -> endedOf(large) == LARGE - 10 && endedOf(urgent) == LARGE && endedOf(unread) == 7);

    assertTrue(made("large") + made("urgent") < LARGE, made.toString());
    assertNothingEndsTwice();
  }

  @Test
  void everyPictureEndsOnceAcrossCancelsRestartsAndRescaling() throws Exception {
    Submission first = send(normal, job("first", "d").setNumImagesPerPrompt(20_000));
    Submission second = send(normal, job("second", "d").setNumImagesPerPrompt(20_000));
    Submission kept = send(high, job("kept", "d").setNumImagesPerPrompt(1000));
    start();
    await(() -> made("first") >= 20);
    cancel("d", "first");
    stop(); // some of it is committed by now, most is not
    cancel("d", "second");
    start();
    await(() -> !cancelled.isEmpty());
    stop();
    more.put("chitra.plan.parallelism", "2"); // cursors are dealt out anew
    more.put("chitra.render.parallelism", "2");
    options = WorkerOptions.parse(more);
    start();

    await(() -> endedOf(first) == 20_000 && endedOf(second) == 20_000 && endedOf(kept) == 1000);

    assertEquals(1000, made("kept"));
    assertEquals(0, made("second"));
    assertNothingEndsTwice();
  }

  @Test
  void theCommandLineCancelsAndWaitsUntilItIsDone(@TempDir Path state) throws Exception {
    Submission large = send(low, job("large", "d").setNumImagesPerPrompt(LARGE));
    start();
    await(() -> made("large") >= 50);

    CommandLineRun all = commandLine(state, "cancel", "--dataset", "d", "--json");
    assertEquals(0, all.exit(), all.said());
    await(() -> endedOf(large) == LARGE);
    assertEquals(1, all.json().get("submissions").intValue());
    assertEquals(LARGE, all.json().get("pictures").intValue());
    assertEquals(cancelled.getOrDefault("large", 0), all.json().get("cancelled").intValue());

    int waiting = StubRenderer.WAITING.get();
    List<Object> render =
        List.of(
            "render",
            "--prompt",
            "waits",
            "-n",
            "20",
            "--dataset",
            "e",
            "--priority",
            "high",
            "--model",
            StubModel.write(state.resolve("model")),
            "--out",
            state.resolve("out"),
            "--json");
    try (ChildJvm rendering = CommandLineRun.start(state, withAddresses(render.toArray()))) {
      int inFlight = options.get(WorkerOptions.RENDER_IN_FLIGHT);
      await(
          () -> {
            assertTrue(rendering.isAlive(), rendering::said);
            return StubRenderer.WAITING.get() == waiting + inFlight;
          });
      CommandLineRun stuck = commandLine(state, "cancel", "--dataset", "e");
      assertEquals(0, stuck.exit(), stuck.said());
      assertTrue(stuck.said().contains("Cancelled 20 pictures of dataset e"), stuck.said());
      CommandLineRun rendered = new CommandLineRun(rendering.await(), rendering.said());
      assertEquals(1, rendered.exit(), rendered.said());
      assertEquals(20, rendered.json().get("cancelled").intValue());
    }

    CommandLineRun again = commandLine(state, "cancel", "large", "--dataset", "d");
    assertEquals(0, again.exit(), again.said());
    assertTrue(again.said().contains("Nothing to cancel: all 100,000 pictures"), again.said());
    CommandLineRun unknown = commandLine(state, "cancel", "nobody", "--dataset", "d");
    assertEquals(1, unknown.exit(), unknown.said());
    assertTrue(unknown.said().contains("Cannot cancel job nobody of dataset d"), unknown.said());
    theCommandLineKnowsAWorkerByItsPrefix(state);
    theCommandLineFindsWhatIsInTopicsOfOtherNames(state);
  }

  private void theCommandLineFindsWhatIsInTopicsOfOtherNames(Path state) throws Exception {
    CommandLineRun replayed =
        commandLine(state, "replay", "--job", "large", "--to", "again", "--priority", "high");
    assertEquals(0, replayed.exit(), replayed.said());
    int before = made("large");
    await(() -> made("large") == 2 * before);
    Path rows = state.resolve("rows");
    CommandLineRun exported =
        commandLine(
            state, "export", "--dataset", "again", "--format", "metadata", "--to", rows, "--json");
    assertEquals(0, exported.exit(), exported.said());
    assertEquals(before, exported.json().get("pictures").intValue());
    String prefix = options.get(WorkerOptions.KAFKA_TRANSACTION_PREFIX);
    CommandLineRun sound = commandLine(state, "fsck", "--transaction-prefix", prefix, "--json");
    assertEquals(2 * before, sound.json().get("made").intValue(), sound.said());
    assertEquals(0, sound.json().get("missing_object").intValue(), sound.said());
    assertEquals(0, sound.json().get("lost").intValue(), sound.said());
  }

  private void theCommandLineKnowsAWorkerByItsPrefix(Path state) throws Exception {
    String prefix = options.get(WorkerOptions.KAFKA_TRANSACTION_PREFIX);
    await(() -> unsummed(state, "--transaction-prefix", prefix) == 0);
    assertTrue(unsummed(state) > 0, "nobody has read as chitra-worker");
  }

  private long unsummed(Path state, String... more) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("status", "--json"));
    arguments.addAll(List.of(more));
    CommandLineRun status = commandLine(state, arguments.toArray());
    assertEquals(0, status.exit(), status.said());
    return status.json().get("not_summed_up").longValue();
  }

  private CommandLineRun commandLine(Path state, Object... arguments) throws Exception {
    return CommandLineRun.of(state, withAddresses(arguments));
  }

  private Object[] withAddresses(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--kafka", kafka.bootstrapServers(), "--s3", s3.endpoint()));
    all.addAll(List.of("--bucket", EmbeddedS3.BUCKET));
    all.addAll(List.of("--access-key", s3.credentials().accessKey()));
    all.addAll(List.of("--secret-key", s3.credentials().secretKey()));
    for (Topic topic : Topic.values()) {
      all.addAll(List.of("--topic", topic + "=" + more.get(topic.workerOption())));
    }
    return all.toArray();
  }

  /** What comes last has come after anything that would have been too much. */
  private void assertNothingEndsTwice() throws Exception {
    send(normal, job("last", "last"));
    await(() -> made("last") == 1); // a second end of anything fails
  }

  private void start() throws Exception {
    int slots = WorkerJob.slots(options);
    EmbeddedFlink started = EmbeddedFlink.start(folder.resolve("flink"), Loopback.anyFree(), slots);
    flink = started;
    RendererFactory stubs = (worker, store) -> new StubRenderer();
    workerEnded =
        started.run(
            (env, worker) ->
                RenderTopology.build(env, worker, Parts.ofWorker().withRenderers(stubs)),
            options);
  }

  private void await(Condition condition) throws Exception {
    while (!condition.holds()) {
      assertFalse(workerEnded.isDone(), () -> "the worker ended: " + workerEnded.join());
      for (ConsumerRecord<byte[], byte[]> record : committed.poll(Duration.ofMillis(100))) {
        take(record);
      }
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private void take(ConsumerRecord<byte[], byte[]> record) throws Exception {
    if (record.topic().equals(options.get(WorkerOptions.TOPIC_RESULTS))) {
      ImageRecord picture = Codec.imageRecords().decode(record.value());
      end(picture.getSubmission(), picture.getImageIndex(), 1);
      made.merge(picture.getJobId(), 1, Integer::sum);
    } else if (record.topic().equals(options.get(WorkerOptions.TOPIC_CANCELLED))) {
      CancelledRange range = Codec.cancelledRanges().decode(record.value());
      end(range.getSubmission(), range.getFirstIndex(), range.getIndexCount());
      cancelled.merge(range.getJobId(), range.getIndexCount(), Integer::sum);
    } else {
      DeadLetter letter = Codec.deadLetters().decode(record.value());
      throw new AssertionError("a dead letter: " + letter.getMessage());
    }
  }

  private void end(Submission submission, int first, int count) {
    BitSet indexes = ended.computeIfAbsent(submission, s -> new BitSet());
    for (int index = first; index < first + count; index++) {
      assertFalse(indexes.get(index), "picture " + index + " of " + submission + " ends twice");
      indexes.set(index);
    }
  }

  private int endedOf(Submission submission) {
    return ended.getOrDefault(submission, new BitSet()).cardinality();
  }

  private int made(String job) {
    return made.getOrDefault(job, 0);
  }

  private RenderJob.Builder job(String id, String dataset) {
    return RenderJob.newBuilder()
        .setId(id)
        .setDataset(dataset)
        .setPrompt(id + " of " + run)
        .setSeed(1L)
        .setModelDigest(model);
  }

  private Submission send(String topic, RenderJob.Builder job) throws Exception {
    byte[] value = Codec.renderJobs().encode(job.build());
    try (Producer<byte[], byte[]> producer = producer()) {
      RecordMetadata sent =
          producer.send(new ProducerRecord<byte[], byte[]>(topic, 0, null, value)).get();
      return new Submission(topic, 0, sent.offset());
    }
  }

  /** Cancels what has been sent by now. */
  private void cancel(String dataset, @Nullable String job) throws Exception {
    List<Submission> until = new ArrayList<>();
    List<TopicPartition> partitions =
        List.of(high, normal, low).stream().map(topic -> new TopicPartition(topic, 0)).toList();
    committed
        .endOffsets(partitions)
        .forEach((p, end) -> until.add(new Submission(p.topic(), p.partition(), end)));
    Cancel cancel =
        Cancel.newBuilder()
            .setDataset(dataset)
            .setJobId(job)
            .setUntil(until)
            .setRequestedAt(Instant.now())
            .build();
    try (Producer<byte[], byte[]> producer = producer()) {
      producer
          .send(new ProducerRecord<byte[], byte[]>(cancels, Codec.cancels().encode(cancel)))
          .get();
    }
  }

  private static Producer<byte[], byte[]> producer() {
    return new KafkaProbe(kafka.bootstrapServers()).producer(Map.of());
  }
}
