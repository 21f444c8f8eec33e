package io.chitra.worker.topology;

import static io.chitra.worker.Jobs.job;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.Sha256;
import io.chitra.diffusion.Environment;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import io.chitra.store.ConditionalPuts;
import io.chitra.store.LocalS3;
import io.chitra.store.ObjectStore;
import io.chitra.store.PutOutcome;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import io.chitra.store.StoreException;
import io.chitra.store.StoredObject;
import io.chitra.worker.Jobs;
import io.chitra.worker.render.RenderException;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.store.PictureStore;
import io.chitra.worker.task.DeadLetters;
import io.chitra.worker.task.Fingerprint;
import io.chitra.worker.task.ImageTask;
import io.chitra.worker.task.LoggedPrompts;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.OutgoingRecord.Kind;
import io.chitra.worker.task.PictureKey;
import io.chitra.worker.task.PlannedImage;
import io.chitra.worker.task.RenderedPicture;
import io.chitra.worker.task.Truncation;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real S3 endpoint, with a renderer that the tests drive. */
@Timeout(60)
class PictureMakerTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Environment ENVIRONMENT = new Environment(Map.of("device", "a = b & c"));
  private static final RenderedPicture PICTURE =
      new RenderedPicture("a file".getBytes(UTF_8), "image/png", "cafe", 1200, ENVIRONMENT);

  @TempDir private static Path folder;

  private static LocalS3 s3;
  private static ObjectStore objects;

  /** A prompt of its own for each test, so that none finds another's pictures. */
  private final RenderJob.Builder job = job().setPrompt(UUID.randomUUID().toString());

  private CompletableFuture<ConditionalPuts> conditions =
      CompletableFuture.completedFuture(ConditionalPuts.HONOURED);

  private final KeptMetrics metrics = new KeptMetrics();
  private final AtomicInteger renderings = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    s3 = LocalS3.start(folder);
    objects = S3ObjectStore.open(s3.config());
    objects.ensureBucket().join();
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    s3.close();
  }

  @Test
  void aRecordSaysAllOfTheTaskAndWhatIsStored() throws Exception {
    ImageRecord record = record(maker(task -> done(PICTURE)).make(planned(1, 40)).join());

    assertEquals("cat", record.getJobId());
    assertEquals("animals", record.getDataset());
    assertEquals(1, record.getImageIndex());
    assertEquals(job.getLabels(), record.getLabels());
    assertEquals(job.getPrompt(), record.getPrompt());
    assertEquals("the end", record.getPromptTruncated());
    assertEquals("flat style", record.getNegativePrompt());
    assertEquals(8, record.getSeed());
    assertEquals(40, record.getSubmission().getOffset());
    assertEquals("cafe", record.getPixelSha256());
    assertEquals(NOW, record.getRenderedAt());
    assertEquals(1200, record.getRenderMillis());
    assertEquals(Map.of("device", "a = b & c"), record.getEnvironment());
    assertEquals("chitra", record.getBucket());
    assertArrayEquals(PICTURE.file(), objects.get(record.getObjectKey()).join());
    assertEquals(PICTURE.file().length, record.getFileBytes());
  }

  @Test
  void aRecordSaysAllThatATaskSays() throws Exception {
    MaskShape mask = new MaskShape(new Rectangle(8, 8, 16, 16), null);
    List<Lora> loras = List.of(new Lora(Jobs.file("34"), 0.5, "ink"));
    job.setImage(Jobs.file("12"))
        .setWidth(128)
        .setHeight(64)
        .setMask(mask)
        .setKeepUnmasked(true)
        .setEta(0.5)
        .setGuidanceRescale(0.7)
        .setLoras(loras)
        .setVae(new Vae("cd".repeat(32), "other"))
        .setOutputFormat("jpeg")
        .setOutputQuality(80)
        .setOutputMode("L");
    RenderedPicture jpeg =
        new RenderedPicture("a file".getBytes(UTF_8), "image/jpeg", "cafe", 1, ENVIRONMENT);

    ImageRecord record = record(maker(task -> done(jpeg)).make(planned(0, 40)).join());

    assertEquals("inpainting", record.getTask());
    assertEquals(Jobs.file("12"), record.getImage());
    assertEquals(1.0, record.getStrength());
    assertEquals(mask, record.getMask());
    assertTrue(record.getKeepUnmasked());
    assertEquals(0.5, record.getEta());
    assertEquals(0.7, record.getGuidanceRescale());
    assertEquals(loras, record.getLoras());
    assertEquals(new Vae("cd".repeat(32), "other"), record.getVae());
    assertEquals("jpeg", record.getOutputFormat());
    assertEquals(80, record.getOutputQuality());
    assertEquals("L", record.getOutputMode());
    assertEquals("image/jpeg", record.getContentType());
    assertTrue(
        record.getObjectKey().endsWith("-" + ENVIRONMENT.environmentClass() + ".jpg"),
        record.getObjectKey());
    StoredObject stored = objects.head(record.getObjectKey()).join().orElseThrow();
    assertEquals("image/jpeg", stored.contentType());
  }

  @Test
  void aRecordOfAnOutpaintingHasTheSizeOfItsCanvas() throws Exception {
    job.setImage(Jobs.file("12"))
        .setWidth(128)
        .setHeight(64)
        .setOutpaint(new Outpaint(8, 16, 24, 32));

    ImageRecord record = record(maker(task -> done(PICTURE)).make(planned(0, 40)).join());

    assertEquals("outpainting", record.getTask());
    assertEquals(128 + 8 + 16, record.getWidth());
    assertEquals(64 + 24 + 32, record.getHeight());
  }

  @Test
  void whatEveryFieldOfAJobSaysIsInItsRecord() {
    Set<String> ofJobsAlone =
        Set.of(
            "id",
            "num_images_per_prompt",
            "first_index",
            "index_count",
            "campaign",
            "priority",
            "not_before",
            "deadline",
            "submitted_at",
            "submitted_by",
            "source_line");
    for (Schema.Field field : RenderJob.getClassSchema().getFields()) {
      assertEquals(
          !ofJobsAlone.contains(field.name()),
          ImageRecord.getClassSchema().getField(field.name()) != null,
          field.name());
    }
  }

  @Test
  void theSameSubmissionFindsItsOwnPictureAfterAFailure() throws Exception {
    PictureMaker maker = maker(task -> done(PICTURE));
    ImageRecord first = record(maker.make(planned(0, 40)).join());
    ImageRecord again = record(maker.make(planned(0, 40)).join());

    assertEquals(first, again);
    assertFalse(again.getReused());
    assertEquals(1, renderings.get());
  }

  @Test
  void anotherSubmissionReusesIt() throws Exception {
    PictureMaker maker = maker(task -> done(PICTURE));
    ImageRecord first = record(maker.make(planned(0, 40)).join());
    ImageRecord other = record(maker.make(planned(0, 41)).join());

    assertTrue(other.getReused());
    assertEquals(1, renderings.get());
    assertEquals(2, metrics.count("chitra.pictures"));
    assertEquals(1, metrics.count("chitra.found"));
    assertEquals(2, metrics.histogram("chitra.headMillis").getCount());
    assertEquals(1, metrics.histogram("chitra.putMillis").getCount());
    assertEquals(PICTURE.file().length, metrics.count("chitra.bytes"));
    String model = "chitra.model." + first.getModelDigest().substring(0, 12);
    assertEquals(1, metrics.count(model + ".pictures"));
    assertEquals(
        PICTURE.renderMillis(),
        metrics.histogram(model + ".renderMillis").getStatistics().getMax());
    other.setReused(false);
    other.setSubmission(first.getSubmission());
    assertEquals(first, other);
  }

  @Test
  void askedForTwiceAtOnceItIsRenderedOnce() throws Exception {
    CompletableFuture<RenderedPicture> rendering = new CompletableFuture<>();
    PictureMaker maker = maker(task -> rendering);
    CompletableFuture<OutgoingRecord> one = maker.make(planned(0, 40));
    CompletableFuture<OutgoingRecord> two = maker.make(planned(0, 41));
    rendering.complete(PICTURE);

    assertFalse(record(one.join()).getReused());
    assertTrue(record(two.join()).getReused());
    assertEquals(1, renderings.get());
  }

  @Test
  void whoeverComesLateBuildsTheRecordFromTheStoredObject() throws Exception {
    RenderedPicture other =
        new RenderedPicture("other".getBytes(UTF_8), "image/png", "beef", 9, ENVIRONMENT);
    PictureMaker quick = maker(task -> done(other));
    PictureMaker slow =
        maker(
            task -> {
              quick.make(planned(0, 7)).join(); // puts its picture while this one renders
              return done(PICTURE);
            });

    ImageRecord record = record(slow.make(planned(0, 40)).join());

    assertEquals("beef", record.getPixelSha256());
    assertEquals(5, record.getFileBytes());
    assertTrue(record.getReused());
  }

  @Test
  void aPictureThatAnotherEnvironmentMadeIsStoredAndRecordedAsThatOnes() throws Exception {
    Environment halved = new Environment(Map.of("device", "a = b & c", "rows", "2"));
    RenderedPicture picture =
        new RenderedPicture("halved".getBytes(UTF_8), "image/png", "f00d", 9, halved);
    PictureMaker maker = maker(task -> done(picture));

    ImageRecord record = record(maker.make(planned(0, 40)).join());

    assertEquals(key(halved).path(), record.getObjectKey());
    assertEquals(halved.environmentClass(), record.getEnvironmentClass());
    assertEquals(halved.facts(), record.getEnvironment());
    assertArrayEquals(picture.file(), objects.get(key(halved).path()).join());
    assertTrue(objects.head(key(ENVIRONMENT).path()).join().isEmpty());
    assertEquals(record, record(maker.make(planned(0, 40)).join()), "it is found there again");
  }

  @Test
  void whereConditionsMeanNothingTheRecordSaysWhatIsThere() throws Exception {
    conditions = new CompletableFuture<>(); // not known yet: none is relied on
    RenderedPicture other =
        new RenderedPicture("other".getBytes(UTF_8), "image/png", "beef", 9, ENVIRONMENT);
    AtomicBoolean overtaken = new AtomicBoolean();
    ObjectStore careless =
        new OtherPuts(
            objects,
            (key, body, type, metadata) -> {
              objects.put(key, body, type, metadata).join();
              if (overtaken.compareAndSet(false, true)) { // another writer, a moment later
                maker(overwriting(), task -> done(other)).make(planned(0, 7)).join();
              }
              return CompletableFuture.completedFuture(PutOutcome.CREATED);
            });

    ImageRecord record = record(maker(careless, task -> done(PICTURE)).make(planned(0, 40)).join());

    assertEquals("beef", record.getPixelSha256());
    assertTrue(record.getReused());
    byte[] there = objects.get(record.getObjectKey()).join();
    assertEquals(there.length, record.getFileBytes());
    assertEquals(Sha256.of(there), record.getFileSha256());
  }

  /** A store that has seen nothing under the key, and puts on whatever is there. */
  private static ObjectStore overwriting() {
    return new OtherPuts(
        objects,
        (key, body, type, metadata) ->
            objects.put(key, body, type, metadata).thenApply(done -> PutOutcome.CREATED)) {
      private boolean looked;

      @Override
      public CompletableFuture<Optional<StoredObject>> head(String key) {
        boolean first = !looked;
        looked = true;
        return first ? CompletableFuture.completedFuture(Optional.empty()) : super.head(key);
      }
    };
  }

  @Test
  void aPutWhoseAnswerWasLostFindsItsOwnPicture() throws Exception {
    ObjectStore forgetful =
        new OtherPuts(
            objects,
            (key, body, type, metadata) ->
                objects
                    .putIfAbsent(key, body, type, metadata)
                    .thenApply(answerIsLost -> PutOutcome.ALREADY_THERE));

    ImageRecord record =
        record(maker(forgetful, task -> done(PICTURE)).make(planned(0, 40)).join());

    assertFalse(record.getReused());
    assertEquals("cafe", record.getPixelSha256());
    assertEquals(1, renderings.get());
  }

  @Test
  void whatIsRemovedUnderOnesHandsIsPutAgain() throws Exception {
    AtomicInteger puts = new AtomicInteger();
    ObjectStore removing =
        new OtherPuts(
            objects,
            (key, body, type, metadata) ->
                puts.incrementAndGet() == 1
                    ? CompletableFuture.completedFuture(PutOutcome.ALREADY_THERE)
                    : objects.putIfAbsent(key, body, type, metadata));

    ImageRecord record = record(maker(removing, task -> done(PICTURE)).make(planned(0, 40)).join());

    assertArrayEquals(PICTURE.file(), objects.get(record.getObjectKey()).join());
    assertEquals(2, puts.get());
    assertEquals(1, renderings.get());
  }

  @Test
  void aTaskThatCanNeverWorkIsADeadLetterAtOnce() throws Exception {
    PictureMaker maker =
        maker(
            task ->
                CompletableFuture.failedFuture(
                    new RenderException("Cannot render: NaN", new ArithmeticException())));

    DeadLetter letter = letter(maker.make(planned(2, 40)).join());

    assertEquals("Cannot render: NaN", letter.getMessage());
    assertEquals(2, letter.getFirstIndex());
    assertEquals(1, letter.getIndexCount());
    assertEquals("cat", letter.getJobId());
    assertEquals(1, renderings.get());
  }

  @Test
  void oneThatMayWorkAnotherTimeIsTriedAgain() throws Exception {
    PictureMaker maker =
        maker(
            task ->
                renderings.get() < 3
                    ? CompletableFuture.failedFuture(new IllegalStateException("no memory"))
                    : done(PICTURE));

    assertEquals("cafe", record(maker.make(planned(0, 40)).join()).getPixelSha256());
    assertEquals(3, renderings.get());
  }

  @Test
  void afterThreeTriesItIsADeadLetter() throws Exception {
    PictureMaker maker =
        maker(task -> CompletableFuture.failedFuture(new IllegalStateException("no memory")));

    DeadLetter letter = letter(maker.make(planned(0, 40)).join());

    assertTrue(letter.getMessage().contains("3 tries"), letter.getMessage());
    assertTrue(letter.getMessage().contains("no memory"), letter.getMessage());
    assertEquals(3, renderings.get());
    assertEquals(2, metrics.count("chitra.retries"));
    assertEquals(1, metrics.count("chitra.deadLetters"));
    assertEquals(0, metrics.count("chitra.pictures"));
  }

  @Test
  void whatNobodyWaitsForAnyMoreIsStoppedAndNotPut() throws Exception {
    CompletableFuture<Void> started = new CompletableFuture<>();
    CompletableFuture<RenderedPicture> rendering = new CompletableFuture<>();
    PictureMaker maker =
        maker(
            task -> {
              started.complete(null);
              return renderings.get() == 1 ? rendering : done(PICTURE);
            });
    CompletableFuture<OutgoingRecord> cancelled = maker.make(planned(0, 40));
    started.join();

    cancelled.cancel(false);

    assertThrows(CancellationException.class, rendering::join);
    assertEquals(1, renderings.get(), "it is not tried again");
    assertTrue(objects.head(key(ENVIRONMENT).path()).join().isEmpty());
    assertFalse(record(maker.make(planned(0, 41)).join()).getReused());
    assertEquals(2, renderings.get());
    assertEquals(0, metrics.count("chitra.storeFailures"));
  }

  @Test
  void whatSomebodyElseWaitsForIsRenderedOn() throws Exception {
    CompletableFuture<Void> started = new CompletableFuture<>();
    CompletableFuture<RenderedPicture> rendering = new CompletableFuture<>();
    PictureMaker maker =
        maker(
            task -> {
              started.complete(null);
              return rendering;
            });
    CompletableFuture<OutgoingRecord> cancelled = maker.make(planned(0, 40));
    CompletableFuture<OutgoingRecord> wanted = maker.make(planned(0, 41));
    started.join();

    cancelled.cancel(false);
    assertFalse(rendering.isDone());
    rendering.complete(PICTURE);

    assertEquals("cafe", record(wanted.join()).getPixelSha256());
    assertEquals(1, renderings.get());
  }

  @Test
  void aForeignObjectUnderTheKeyIsADeadLetterThatNamesIt() throws Exception {
    String key = key(ENVIRONMENT).path();
    objects.put(key, new byte[] {1}, "text/plain", Map.of()).join();

    DeadLetter letter = letter(maker(task -> done(PICTURE)).make(planned(0, 40)).join());

    assertTrue(letter.getMessage().contains(key), letter.getMessage());
    assertArrayEquals(new byte[] {1}, objects.get(key).join(), "it stays as it is");
  }

  @Test
  void aPictureThatHasLostItsMetadataGetsThemBack() throws Exception {
    String key = key(ENVIRONMENT).path();
    objects.put(key, PICTURE.file(), PICTURE.contentType(), Map.of()).join();
    PictureMaker maker = maker(task -> done(PICTURE));

    ImageRecord record = record(maker.make(planned(0, 40)).join());

    assertEquals(PICTURE.pixelSha256(), record.getPixelSha256());
    ImageRecord again = record(maker.make(planned(0, 41)).join());
    assertEquals(record.getPixelSha256(), again.getPixelSha256());
    assertTrue(again.getReused(), "it is found by its metadata");
    assertEquals(1, renderings.get());
  }

  @Test
  void aStoreThatDoesNotLetOneInFailsTheWorkerAndNotThePicture() throws Exception {
    try (ObjectStore closed =
        S3ObjectStore.open(
            new StoreConfig(
                s3.config().endpoint(),
                s3.config().region(),
                s3.config().bucket(),
                "",
                new StoreCredentials("WRONGACCESSKEY000000", "wrong")))) {
      PictureMaker maker = maker(closed, task -> done(PICTURE));

      CompletionException e =
          assertThrows(CompletionException.class, () -> maker.make(planned(0, 40)).join());
      assertTrue(e.getCause() instanceof StoreException, e.toString());
      assertEquals(1, metrics.count("chitra.storeFailures"));
    }
  }

  private PictureKey key(Environment environment) {
    return new PictureKey(
        Fingerprint.of(ImageTask.of(planned(0, 40), Codec.renderJobs()), 1),
        environment.environmentClass(),
        "png");
  }

  private PictureMaker maker(Function<ImageTask, CompletableFuture<RenderedPicture>> render) {
    return maker(objects, render);
  }

  private PictureMaker maker(
      ObjectStore store, Function<ImageTask, CompletableFuture<RenderedPicture>> render) {
    InstantSource clock = InstantSource.fixed(NOW);
    return new PictureMaker(
        new DrivenRenderer(renderings, render),
        new PictureStore(store, clock, conditions),
        3,
        Codec.renderJobs(),
        new DeadLetters(clock),
        LoggedPrompts.HASHED,
        new RenderMetrics(metrics));
  }

  private PlannedImage planned(int imageIndex, long offset) {
    byte[] resolved = Codec.renderJobs().encode(Jobs.resolved(job));
    return new PlannedImage("render.jobs", 2, offset, resolved, imageIndex);
  }

  private static CompletableFuture<RenderedPicture> done(RenderedPicture picture) {
    return CompletableFuture.completedFuture(picture);
  }

  private static ImageRecord record(OutgoingRecord outgoing) throws Exception {
    assertEquals(Kind.RESULT, outgoing.kind());
    return Codec.imageRecords().decode(outgoing.value());
  }

  private static DeadLetter letter(OutgoingRecord outgoing) throws Exception {
    assertEquals(Kind.DEAD_LETTER, outgoing.kind());
    return Codec.deadLetters().decode(outgoing.value());
  }

  private record DrivenRenderer(
      AtomicInteger renderings, Function<ImageTask, CompletableFuture<RenderedPicture>> drive)
      implements Renderer {

    @Override
    public CompletableFuture<RenderedPicture> render(ImageTask task) {
      renderings.incrementAndGet();
      return drive.apply(task);
    }

    @Override
    public CompletableFuture<Truncation> truncation(ImageTask task) {
      return CompletableFuture.completedFuture(new Truncation("the end", null, null, null));
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
