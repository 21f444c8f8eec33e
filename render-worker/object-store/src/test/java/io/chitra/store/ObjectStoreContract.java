package io.chitra.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every store must do that Chitra runs on. A subclass names a running server; each test works
 * under a prefix of its own in the server's bucket.
 */
public abstract class ObjectStoreContract {

  private static final String BINARY = "application/octet-stream";
  private static final int WRITERS = 8;

  private ObjectStore store;

  /** A store that runs, with an endpoint and keys that it lets in; its bucket need not be there. */
  protected abstract StoreConfig running();

  /** Credentials that the server refuses as S3 does, with 403. */
  protected List<StoreCredentials> wrong(StoreCredentials right) {
    return List.of(
        new StoreCredentials(right.accessKey(), "not-the-secret-key"),
        new StoreCredentials("NOSUCHACCESSKEY00000", right.secretKey()));
  }

  @BeforeEach
  final void openStore() {
    store = S3ObjectStore.open(running().withPrefix("contract/" + UUID.randomUUID()));
    store.ensureBucket().join();
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  @Test
  void ensuringTheBucketAgainChangesNothing() {
    put("kept", "body");
    store.ensureBucket().join();
    assertEquals("body", text("kept"));
  }

  @Test
  void createsABucketThatIsNotThere() {
    String bucket = "chitra-" + UUID.randomUUID();
    try (ObjectStore other =
        S3ObjectStore.open(StoreConfig.at(endpoint(), bucket, credentials()))) {
      StoreException before = failure(other.put("a", bytes("b"), BINARY, Map.of()));
      assertTrue(before.permanent());
      assertEquals(
          "Cannot put s3://%s/a: there is no such bucket (404 NoSuchBucket); create it or name"
                  .formatted(bucket)
              + " another",
          before.getMessage());
      other.ensureBucket().join();
      other.put("a", bytes("b"), BINARY, Map.of()).join();
      assertArrayEquals(bytes("b"), other.get("a").join());
      other.delete("a").join();
    }
  }

  @Test
  void keepsBytesTypeAndMetadata() {
    Map<String, String> metadata =
        Map.of("pixel-sha256", "0f".repeat(32), "render-millis", "1234", "device", "a%20b");
    store.put("a/b.png", bytes("body"), "image/png", metadata).join();

    StoredObject object = store.head("a/b.png").join().orElseThrow();

    assertEquals("a/b.png", object.key());
    assertEquals(4, object.length());
    assertEquals("image/png", object.contentType());
    assertEquals(metadata, object.metadata());
    assertFalse(object.etag().isEmpty());
    assertTrue(object.lastModified().getEpochSecond() > 0);
    assertEquals("body", text("a/b.png"));
  }

  @Test
  void refusesMetadataThatHttpWouldSpoil() {
    for (Map<String, String> metadata :
        List.of(
            Map.of("prompt", "নীল"),
            Map.of("prompt", "a cat"),
            Map.of("prompt", "a\nb"),
            Map.of("long", "x".repeat(2048)))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> store.putIfAbsent("a", bytes("b"), BINARY, metadata));
    }
  }

  @Test
  void putsOverWhatIsThere() {
    put("a", "first");
    put("a", "second");
    assertEquals("second", text("a"));
  }

  @Test
  void putsConditionallyOnce() {
    assertEquals(PutOutcome.CREATED, putIfAbsent("a", "first"));
    assertEquals(PutOutcome.ALREADY_THERE, putIfAbsent("a", "second"));
    assertEquals("first", text("a"));
    store.delete("a").join();
    assertEquals(PutOutcome.CREATED, putIfAbsent("a", "third"));
    assertEquals("third", text("a"));
  }

  @Test
  void ofManyConditionalWritersOneWins() {
    for (int round = 0; round < 10; round++) {
      String key = "race-" + round;
      List<CompletableFuture<PutOutcome>> writers =
          IntStream.range(0, WRITERS)
              .mapToObj(i -> store.putIfAbsent(key, bytes("writer " + i), BINARY, Map.of()))
              .toList();
      List<Integer> winners =
          IntStream.range(0, WRITERS)
              .filter(i -> writers.get(i).join() == PutOutcome.CREATED)
              .boxed()
              .toList();
      assertEquals(1, winners.size());
      assertEquals("writer " + winners.get(0), text(key));
    }
  }

  @Test
  void conditionalPutsAreFoundToBeHonoured() {
    assertEquals(ConditionalPuts.HONOURED, store.probeConditionalPuts().join());
    assertEquals(List.of(), keys(""));
  }

  @Test
  void keepsAnEmptyBody() {
    put("empty", "");
    assertEquals(0, store.get("empty").join().length);
    assertEquals(0, store.head("empty").join().orElseThrow().length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "নীল/বিড়াল.png",
        "a b+c&d=e%20f",
        "quote'\"s",
        "models/0f0f/unet/model.onnx_data",
        "tilde~(1)!*"
      })
  void keepsKeysOfAnyText(String key) {
    put(key, key);
    assertEquals(key, text(key));
    assertEquals(key, store.head(key).join().orElseThrow().key());
    assertEquals(List.of(key), keys(""));
  }

  @Test
  void keepsALargeBodyAndALargeFile(@TempDir Path folder) throws IOException {
    byte[] large = new byte[20 << 20];
    new Random(1).nextBytes(large);
    store.put("large", large, BINARY, Map.of()).join();
    assertArrayEquals(large, store.get("large").join());

    Path from = Files.write(folder.resolve("from"), large);
    store.put("file", from, BINARY, Map.of("sha256", "0f")).join();
    assertEquals(Map.of("sha256", "0f"), store.head("file").join().orElseThrow().metadata());
    Path to = folder.resolve("to");
    Files.writeString(to, "what was there");
    assertEquals(to, store.download("file", to).join());
    assertEquals(-1, Files.mismatch(from, to));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void tellsOfKeysThatAreNotThere(@TempDir Path folder) throws IOException {
    assertEquals(Optional.empty(), store.head("absent").join());
    StoreException get = failure(store.get("absent"));
    assertInstanceOf(NoSuchObjectException.class, get);
    assertTrue(get.permanent());
    assertEquals(
        "Cannot get s3://%s/%s: there is no such object"
            .formatted(store.bucket(), store.objectKey("absent")),
        get.getMessage());
    Path to = folder.resolve("to");
    assertInstanceOf(NoSuchObjectException.class, failure(store.download("absent", to)));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
    store.delete("absent").join();
  }

  @Test
  void tellsWhenAFileCannotBeRead(@TempDir Path folder) {
    StoreException e = failure(store.put("a", folder.resolve("absent"), BINARY, Map.of()));
    assertTrue(message(e).contains("absent"), message(e));
    assertEquals(Optional.empty(), store.head("a").join());
  }

  @Test
  void listsInOrderOverManyPages() {
    int count = 1203;
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add("list/%04d".formatted(i * 7919 % count));
    }
    keys.addAll(List.of("list/-", "list/A", "list/~", "list/z/1", "list/ক", "list/é"));
    CompletableFuture.allOf(
            keys.stream()
                .map(key -> store.put(key, new byte[0], BINARY, Map.of()))
                .toArray(CompletableFuture[]::new))
        .join();
    put("lisu", "beside");
    put("other/list/1", "beside");

    List<String> sorted = new ArrayList<>(keys);
    sorted.sort(Comparator.comparing(key -> bytes(key), Arrays::compareUnsigned));
    assertEquals(sorted, keys("list/"));
    assertEquals(List.of("list/0007"), keys("list/0007"));
    assertEquals(List.of(), keys("nothing"));
  }

  @Test
  void refusesWrongKeys() {
    for (StoreCredentials wrong : wrong(credentials())) {
      try (ObjectStore refused =
          S3ObjectStore.open(StoreConfig.at(endpoint(), store.bucket(), wrong))) {
        for (CompletableFuture<?> asked :
            List.of(
                refused.put("a", bytes("b"), BINARY, Map.of()),
                refused.putIfAbsent("a", bytes("b"), BINARY, Map.of()),
                refused.get("a"),
                refused.head("a"),
                refused.ensureBucket())) {
          StoreException e = failure(asked);
          assertTrue(e.permanent(), message(e));
          assertTrue(
              message(e).matches("Cannot [a-z ]+ s3://.*: access denied \\(403.*\\); check .*"),
              message(e));
        }
      }
    }
  }

  @Test
  void tellsWhenNobodyListens() throws IOException {
    URI nowhere;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nowhere = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    try (ObjectStore away =
        S3ObjectStore.open(StoreConfig.at(nowhere, store.bucket(), credentials()))) {
      StoreException e = failure(away.put("a", bytes("b"), BINARY, Map.of()));
      assertFalse(e.permanent());
      assertTrue(
          message(e)
              .startsWith(
                  "Cannot put s3://%s/a: cannot reach %s (".formatted(store.bucket(), nowhere)),
          message(e));
    }
  }

  private void put(String key, String body) {
    store.put(key, bytes(body), BINARY, Map.of()).join();
  }

  private PutOutcome putIfAbsent(String key, String body) {
    return store.putIfAbsent(key, bytes(body), BINARY, Map.of()).join();
  }

  private String text(String key) {
    return new String(store.get(key).join(), UTF_8);
  }

  private List<String> keys(String prefix) {
    List<String> keys = new ArrayList<>();
    store.list(prefix).forEach(keys::add);
    return keys;
  }

  private URI endpoint() {
    return Objects.requireNonNull(running().endpoint());
  }

  private StoreCredentials credentials() {
    return Objects.requireNonNull(running().credentials());
  }

  private static String message(StoreException e) {
    return String.valueOf(e.getMessage());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static StoreException failure(CompletableFuture<?> future) {
    CompletionException e = assertThrows(CompletionException.class, future::join);
    return assertInstanceOf(StoreException.class, (Object) e.getCause());
  }
}
