package io.chitra.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import io.chitra.dataset.Sha256;
import io.chitra.embedded.Loopback;
import io.chitra.faults.FaultProxy.Fault;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Stage;
import io.chitra.schemas.Submission;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.worker.topology.Topics;
import io.chitra.worker.topology.WorkerOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * That the checker finds what is wrong and nothing else, and that the proxy cheats: on a broker and
 * an S3 endpoint without a worker, where the test says what has happened. What one test leaves in
 * the topics is there for the next.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckerTest {

  private static final Path SCHEMAS = Path.of("../../schemas").toAbsolutePath().normalize();

  @TempDir private static Path folder;

  private LocalStack stack;
  private ObjectStore objects;
  private Producer<byte[], byte[]> producer;
  private Verdict before;
  private Verdict last;
  private int s3Port;

  @BeforeAll
  void startServers() throws Exception {
    s3Port = Loopback.anyFree();
    stack =
        LocalMachine.provider()
            .openStack(
                new StackOptions(
                    folder.resolve("state"),
                    Loopback.anyFree(),
                    s3Port,
                    Loopback.anyFree(),
                    Map.of(),
                    new StackLayout.ServersAlone()));
    StackAddresses at = stack.addresses();
    Topics.ensure(WorkerOptions.parse(Map.of("chitra.kafka.bootstrap-servers", at.kafka())));
    objects = store(at.s3Endpoint().toString());
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", at.kafka()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    last = verdict();
  }

  @AfterAll
  void stopServers() {
    producer.close();
    objects.close();
    stack.close();
  }

  @BeforeEach
  void whatEarlierTestsHaveLeft() {
    before = last;
  }

  private ObjectStore store(String endpoint) {
    StackAddresses at = stack.addresses();
    return S3ObjectStore.open(
        StoreConfig.at(
            java.net.URI.create(endpoint),
            at.bucket(),
            new StoreCredentials(at.accessKey(), at.secretKey())));
  }

  @Test
  void whatIsRightHasNoFindings() throws Exception {
    Submission whole = job("right", 3);
    result(record(whole, "right", 0));
    result(record(whole, "right", 1));
    deadLetter(letter(whole).setFirstIndex(2).setIndexCount(1).build());
    Submission cancelled = job("half-cancelled", 10);
    result(record(cancelled, "half-cancelled", 0));
    send(
        "render.cancelled",
        Codec.cancelledRanges(),
        new CancelledRange(cancelled, "half-cancelled", "d", 1, 9, Instant.EPOCH));
    byte[] broken = "no job".getBytes(UTF_8);
    Submission failed = submit(broken);
    deadLetter(letter(failed).setValue(ByteBuffer.wrap(broken)).build());

    Verdict after = verdict();
    for (String wrong :
        List.of("lost", "twice", "foreign", "broken", "missing_object", "mismatch", "hanging")) {
      assertEquals(0, grown(after, wrong), wrong + ": " + after);
    }
    assertEquals(3, grown(after, "records"));
    assertEquals(0, grown(after, "orphans"));
  }

  @Test
  void aPictureWithoutAnEventIsLost() throws Exception {
    Submission job = job("lost", 5);
    result(record(job, "lost", 0));
    submit("neither read nor failed".getBytes(UTF_8));

    Verdict after = verdict();
    assertEquals(4 + 1, grown(after, "lost"), after.toString());
    assertEquals(1, after.exit());
  }

  @Test
  void aSecondEventIsFound() throws Exception {
    Submission job = job("twice", 3);
    result(record(job, "twice", 0));
    result(record(job, "twice", 0));
    result(record(job, "twice", 1));
    deadLetter(letter(job).setFirstIndex(1).setIndexCount(2).build());

    assertEquals(1 + 1, grown(verdict(), "twice"));
  }

  @Test
  void anEventThatNobodyAskedForIsFound() throws Exception {
    Submission job = job("foreign", 1);
    result(record(job, "foreign", 0));
    result(record(job, "foreign", 1));
    result(record(new Submission("render.jobs", 0, 1_000_000L), "nobody", 0));

    assertEquals(2, grown(verdict(), "foreign"));
  }

  @Test
  void aDeadLetterWithOtherBytesAndAWrongSeedAreBroken() throws Exception {
    Submission failed = submit("these".getBytes(UTF_8));
    deadLetter(letter(failed).setValue(ByteBuffer.wrap("others".getBytes(UTF_8))).build());
    Submission job = job("seeds", 1);
    ImageRecord wrong = record(job, "seeds", 0);
    wrong.setSeed(99);
    result(wrong);

    assertEquals(2, grown(verdict(), "broken"));
  }

  @Test
  void objectsThatAreMissingOrOthersAreFound() throws Exception {
    Submission job = job("objects", 3);
    ImageRecord missing = record(job, "objects", 0);
    objects.delete(missing.getObjectKey()).join();
    result(missing);
    ImageRecord longer = record(job, "objects", 1);
    objects.put(longer.getObjectKey(), new byte[700], "image/png", Map.of()).join();
    result(longer);
    ImageRecord other = record(job, "objects", 2);
    byte[] swapped = objects.get(other.getObjectKey()).join();
    swapped[0]++;
    objects.put(other.getObjectKey(), swapped, "image/png", Map.of()).join();
    result(other);
    objects.put("images/00/nobody's.png", new byte[1], "image/png", Map.of()).join();

    Verdict after = verdict();
    assertEquals(1, grown(after, "missing_object"), after.toString());
    // Length and hash of one, the hash of the other.
    assertEquals(3, grown(after, "mismatch"), after.toString());
    assertEquals(1, grown(after, "orphans"), after.toString());
  }

  @Test
  void anOpenTransactionHidesWhatIsBehindIt() throws Exception {
    Submission job = job("hidden", 1);
    try (Producer<byte[], byte[]> open =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", stack.addresses().kafka(), "transactional.id", "open"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      open.initTransactions();
      open.beginTransaction();
      open.send(
              new ProducerRecord<>(
                  "render.results", Codec.imageRecords().encode(record(job, "hidden", 0))))
          .get();
      Verdict meanwhile = verdict();
      assertEquals(1, grown(meanwhile, "hanging"), meanwhile.toString());
      assertEquals(1, grown(meanwhile, "lost"), meanwhile.toString());
      open.commitTransaction();
    }
    assertEquals(0, grown(verdict(), "lost"));
  }

  @Test
  void theProxyCheatsAndWhatIsStoredIsRightAllTheSame() throws Exception {
    try (FaultProxy proxy = FaultProxy.start(s3Port);
        ObjectStore cheated = store(proxy.endpoint().toString())) {
      proxy.cheat(0.1, Fault.values());
      List<CompletableFuture<?>> puts = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String key = "proxied/" + i;
        byte[] body = new byte[1000];
        body[0] = (byte) i;
        // The client's own tries may all meet a fault.
        CompletableFuture<PutOutcome> put = putStubbornly(cheated, key, body, 10);
        puts.add(put);
      }
      puts.forEach(CompletableFuture::join);
      assertTrue(proxy.faults() > 0, proxy.counts().toString());
      for (int i = 0; i < 200; i++) {
        byte[] body = new byte[1000];
        body[0] = (byte) i;
        assertArrayEquals(body, objects.get("proxied/" + i).join());
      }
    }
  }

  private static CompletableFuture<PutOutcome> putStubbornly(
      ObjectStore store, String key, byte[] body, int tries) {
    return store
        .putIfAbsent(key, body, "image/png", Map.of())
        .exceptionallyCompose(
            failure ->
                tries == 1
                    ? CompletableFuture.failedFuture(failure)
                    : putStubbornly(store, key, body, tries - 1));
  }

  private long grown(Verdict after, String number) {
    return after.number(number) - before.number(number);
  }

  private Verdict verdict() throws Exception {
    producer.flush();
    last =
        Verdict.of(
            folder.resolve("state/stack.json"),
            List.of(
                SCHEMAS.resolve("src/main/avro"),
                SCHEMAS.resolve("src/main/resources/io/chitra/schemas/history")));
    return last;
  }

  private Submission job(String id, int pictures) throws Exception {
    return submit(
        Codec.renderJobs()
            .encode(
                RenderJob.newBuilder()
                    .setId(id)
                    .setPrompt("p")
                    .setSeed(7L)
                    .setModelDigest("0".repeat(64))
                    .setNumImagesPerPrompt(pictures)
                    .build()));
  }

  private Submission submit(byte[] value) throws Exception {
    var sent = producer.send(new ProducerRecord<>("render.jobs", value)).get();
    return new Submission(sent.topic(), sent.partition(), sent.offset());
  }

  /** A record, and its object, which is no picture and begins like one all the same. */
  private ImageRecord record(Submission submission, String job, int index) {
    byte[] file = ("\u0089PNG" + submission + "/" + index).getBytes(ISO_8859_1);
    String key = "images/aa/" + Sha256.of(file) + "-stub.png";
    objects.put(key, file, "image/png", Map.of("file-sha256", Sha256.of(file))).join();
    return ImageRecord.newBuilder()
        .setSubmission(submission)
        .setJobId(job)
        .setDataset("d")
        .setImageIndex(index)
        .setLabels(Map.of())
        .setModelDigest("0".repeat(64))
        .setPrompt("p")
        .setNumInferenceSteps(1)
        .setGuidanceScale(1)
        .setScheduler("DDIMScheduler")
        .setWidth(1)
        .setHeight(1)
        .setSeed(7L + index)
        .setFingerprint("f")
        .setEnvironmentClass("stub")
        .setObjectKey(key)
        .setBucket("chitra")
        .setContentType("image/png")
        .setFileBytes(file.length)
        .setFileSha256(Sha256.of(file))
        .setPixelSha256("p")
        .setReused(false)
        .setRenderedAt(Instant.EPOCH)
        .setRenderMillis(1)
        .setEnvironment(Map.of())
        .build();
  }

  private static DeadLetter.Builder letter(Submission submission) {
    return DeadLetter.newBuilder()
        .setSubmission(submission)
        .setStage(Stage.RENDER)
        .setErrorClass("Stub")
        .setMessage("stub")
        .setFailedAt(Instant.EPOCH);
  }

  private void result(ImageRecord record) throws Exception {
    send("render.results", Codec.imageRecords(), record);
  }

  private void deadLetter(DeadLetter letter) throws Exception {
    send("render.dead-letters", Codec.deadLetters(), letter);
  }

  private <T extends SpecificRecordBase> void send(String topic, Codec<T> codec, T value)
      throws Exception {
    producer.send(new ProducerRecord<>(topic, codec.encode(value))).get();
  }
}
