package io.chitra.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRepositoryTest {

  private static final long MANY = 1 << 20;

  private static LocalS3 s3;

  @TempDir private Path folder;
  private ObjectStore store;

  @BeforeAll
  static void startS3(@TempDir Path folder) throws Exception {
    s3 = LocalS3.start(folder);
  }

  @AfterAll
  static void stopS3() throws IOException {
    s3.close();
  }

  @BeforeEach
  void open() {
    store = S3ObjectStore.open(s3.config().withPrefix(UUID.randomUUID().toString()));
    store.ensureBucket().join();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void pushesAndFetchesAModel() throws Exception {
    Path model = model("one");
    List<String> told = new ArrayList<>();
    ModelRepository models = repository("cache", MANY);

    String digest =
        models.push(model, (file, done, total) -> told.add(file + " " + done + "/" + total));

    assertEquals(ModelDigest.of(model), digest);
    assertEquals(
        List.of(
            "model_index.json 2/13",
            "tokenizer/merges.txt 7/13",
            "unet/config.json 9/13",
            "unet/model.onnx 13/13"),
        told);
    Path fetched = models.fetch(digest);
    assertEquals(digest, ModelDigest.of(fetched));
    assertEquals("one\n", Files.readString(fetched.resolve("unet/model.onnx")));
    assertFalse(Files.exists(fetched.resolve(".git")));
    assertEquals(fetched, models.fetch(digest));
  }

  @Test
  void whatIsPushedAndKeptNeedNotBeFetched() throws Exception {
    String digest = repository("cache", MANY).pushAndKeep(model("one"), PushListener.NONE);
    String weights = "models/" + digest + "/unet/model.onnx";
    assertTrue(store.head(weights).join().isPresent());
    store.delete(weights).join();

    assertEquals(digest, ModelDigest.of(repository("cache", MANY).fetch(digest)));
    assertThrows(StoreException.class, () -> repository("another", MANY).fetch(digest));
  }

  @Test
  void pushesOnlyWhatIsNotThere() throws Exception {
    ModelRepository models = repository("cache", MANY);
    String digest = models.push(model("one"), PushListener.NONE);
    String key = "models/" + digest + "/unet/model.onnx";
    StoredObject before = store.head(key).join().orElseThrow();

    models.push(model("one"), PushListener.NONE);

    assertEquals(Optional.of(before), store.head(key).join());
  }

  @Test
  void fetchesOnlyTheConfiguration() throws Exception {
    ModelRepository models = repository("cache", MANY);
    String digest = models.push(model("one"), PushListener.NONE);
    store.delete("models/" + digest + "/unet/model.onnx").join();

    Path config = models.fetchConfig(digest);

    assertEquals(
        List.of("model_index.json", "tokenizer/merges.txt", "unet/config.json"), filesOf(config));
  }

  @Test
  void anInterruptedPushIsNotSeenAndCanGoOn() throws Exception {
    ModelRepository models = repository("cache", MANY);
    Path model = model("one");
    IllegalStateException pulled = new IllegalStateException("the plug was pulled");
    List<String> told = new ArrayList<>();
    PushListener failing =
        (file, done, total) -> {
          told.add(file);
          if (told.size() == 3) {
            throw pulled;
          }
        };

    assertThrows(IllegalStateException.class, () -> models.push(model, failing));

    String digest = ModelDigest.of(model);
    NoSuchModelException e = assertThrows(NoSuchModelException.class, () -> models.fetch(digest));
    assertEquals(
        "Cannot fetch the model %s: it is not in s3://chitra/%s; push it with: chitra models push DIR"
            .formatted(digest, store.objectKey("models/")),
        e.getMessage());
    assertThrows(NoSuchModelException.class, () -> models.fetchConfig(digest));

    models.push(model, PushListener.NONE);
    assertEquals(digest, ModelDigest.of(models.fetch(digest)));
  }

  @Test
  void refusesADigestThatIsNone() {
    ModelRepository models = repository("cache", MANY);
    for (String digest : List.of("", "../../etc", "AB".repeat(32), "ab".repeat(31))) {
      assertThrows(NoSuchModelException.class, () -> models.fetch(digest));
    }
  }

  @Test
  void tellsOfDamageAndAnotherPushRepairsIt() throws Exception {
    ModelRepository models = repository("cache", MANY);
    Path model = model("one");
    String digest = models.push(model, PushListener.NONE);
    String key = "models/" + digest + "/unet/model.onnx";
    store.put(key, "0ne\n".getBytes(UTF_8), "application/octet-stream", Map.of()).join();

    StoreException changed = assertThrows(StoreException.class, () -> models.fetch(digest));
    assertTrue(changed.permanent());
    String message = String.valueOf(changed.getMessage());
    assertTrue(
        message.startsWith(
            "Cannot fetch the model %s: s3://chitra/%s is damaged: its SHA-256 is "
                .formatted(digest, store.objectKey(key))),
        message);
    assertTrue(message.endsWith("; push the model again"), message);
    assertEquals(List.of(), models("cache"));

    store.delete(key).join();
    StoreException missing = assertThrows(StoreException.class, () -> models.fetch(digest));
    assertTrue(String.valueOf(missing.getMessage()).contains("is damaged: it is missing;"));

    models.push(model, PushListener.NONE);
    assertEquals(digest, ModelDigest.of(models.fetch(digest)));
  }

  @Test
  void believesNoManifestOfAnotherModel() throws Exception {
    ModelRepository models = repository("cache", MANY);
    String one = models.push(model("one"), PushListener.NONE);
    String two = models.push(model("two"), PushListener.NONE);
    byte[] manifest = store.get("models/" + one + "/.manifest.json").join();
    for (String json :
        List.of(
            new String(manifest, UTF_8),
            "{}",
            "not JSON",
            "{\"digest\":\"%s\",\"files\":[{\"path\":\"../x\",\"bytes\":1,\"sha256\":\"%s\"}]}"
                .formatted(two, "ab".repeat(32)))) {
      store
          .put(
              "models/" + two + "/.manifest.json",
              json.getBytes(UTF_8),
              "application/json",
              Map.of())
          .join();
      StoreException e = assertThrows(StoreException.class, () -> models.fetch(two));
      assertTrue(String.valueOf(e.getMessage()).contains(".manifest.json is damaged: "), json);
    }
  }

  @Test
  void removesTheLeastRecentlyFetchedModelsForRoom() throws Exception {
    Ticking clock = new Ticking();
    ModelRepository models = new ModelRepository(store, folder.resolve("cache"), 30, clock);
    String one = models.push(model("one"), PushListener.NONE);
    String two = models.push(model("two"), PushListener.NONE);
    String six = models.push(model("six"), PushListener.NONE);
    models.fetch(one);
    clock.tick();
    models.fetch(two);
    clock.tick();
    models.fetch(one);
    clock.tick();

    models.fetch(six);

    assertEquals(Stream.of(one, six).sorted().toList(), models("cache"));
    models.fetch(two);
    assertEquals(Stream.of(two, six).sorted().toList(), models("cache"));
  }

  @Test
  void removesNoModelThatWasJustFetched() throws Exception {
    ModelRepository models = repository("cache", 30);
    for (String name : List.of("one", "two", "six")) {
      models.fetch(models.push(model(name), PushListener.NONE));
    }
    assertEquals(3, models("cache").size());
  }

  @Test
  void refusesAModelThatTheCacheCannotHold() throws Exception {
    ModelRepository models = repository("cache", 12);
    String digest = models.push(model("one"), PushListener.NONE);
    StoreException e = assertThrows(StoreException.class, () -> models.fetch(digest));
    assertEquals(
        "Cannot keep the model %s: it has 13 bytes, and the cache %s may hold 12; allow it more"
            .formatted(digest, folder.resolve("cache/models")),
        e.getMessage());
  }

  @Test
  void manyAtOnceGetOneModel() throws Exception {
    String digest = repository("cache", MANY).push(model("one"), PushListener.NONE);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Path>> fetches =
          IntStream.range(0, 8)
              .mapToObj(i -> (Callable<Path>) () -> repository("cache", MANY).fetch(digest))
              .toList();
      for (Future<Path> fetched : threads.invokeAll(fetches)) {
        assertEquals(digest, ModelDigest.of(fetched.get()));
      }
    } finally {
      threads.shutdown();
    }
    assertEquals(List.of(digest), models("cache"));
  }

  @Test
  void waitsForAnotherProcessAndTakesWhatItGathered() throws Exception {
    ModelRepository models = repository("cache", MANY);
    String digest = models.push(model("one"), PushListener.NONE);
    Path cache = folder.resolve("cache/models");
    Files.createDirectories(cache.resolve(".locks"));
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                cache.resolve(".locks").resolve(digest).toString(),
                model("one").toString(),
                cache.resolve(digest).toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertEquals('l', other.getInputStream().read());
      ExecutorService thread = Executors.newSingleThreadExecutor();
      try {
        Future<Path> fetched = thread.submit(() -> models.fetch(digest));
        store.delete("models/" + digest + "/unet/model.onnx").join();
        other.getOutputStream().close();
        assertEquals("one\n", Files.readString(fetched.get().resolve("unet/model.onnx")));
      } finally {
        thread.shutdown();
      }
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void clearsAwayWhatADeadProcessLeftBehind() throws Exception {
    ModelRepository models = repository("cache", MANY);
    String digest = models.push(model("one"), PushListener.NONE);
    Path cache = folder.resolve("cache/models");
    Path own = cache.resolve(".partial-" + digest);
    Path others = cache.resolve(".partial-" + "ab".repeat(32));
    Path removed = cache.resolve(".removed-x");
    for (Path left : List.of(own, others, removed)) {
      Files.createDirectories(left.resolve("unet"));
      Files.writeString(left.resolve("unet/half.onnx"), "half");
    }

    Path fetched = models.fetch(digest);

    assertFalse(Files.exists(fetched.resolve("unet/half.onnx")));
    assertFalse(Files.exists(others));
    assertFalse(Files.exists(removed));
  }

  private ModelRepository repository(String cache, long maxBytes) {
    return new ModelRepository(store, folder.resolve(cache), maxBytes);
  }

  /** The models in a cache, sorted. */
  private List<String> models(String cache) throws IOException {
    try (Stream<Path> children = Files.list(folder.resolve(cache).resolve("models"))) {
      return children
          .map(child -> child.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  /** A model of 13 bytes, whose weights are the name; and things that are no part of it. */
  private Path model(String name) {
    Path model = folder.resolve("model-" + name);
    try {
      for (Map.Entry<String, String> file :
          Map.of(
                  "model_index.json", "{}",
                  "unet/config.json", "{}",
                  "unet/model.onnx", name + "\n",
                  "tokenizer/merges.txt", "a b\n\n",
                  ".git/HEAD", "main",
                  "unet/.DS_Store", "x")
              .entrySet()) {
        Path path = model.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }

  private static List<String> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  /** A clock that stands still until it is told to go on, by longer than models are kept anyhow. */
  private static final class Ticking extends Clock {

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void tick() {
      now = now.plus(ModelCache.KEPT_AFTER_USE).plus(Duration.ofSeconds(1));
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** A process that gathers a model, holding its lock until its input ends. */
  static final class LockHolder {

    private LockHolder() {}

    public static void main(String[] args) throws Exception {
      try (PathLock held = PathLock.take(Path.of(args[0]))) {
        System.out.write('l');
        System.out.flush();
        while (System.in.read() >= 0) {}
        Files.move(Path.of(args[1]), Path.of(args[2]));
      }
    }
  }
}
