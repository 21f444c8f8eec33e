package io.chitra.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.cli.machine.MachineException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

class EmbeddedS3Test {
  @TempDir Path temp;

  private EmbeddedS3 s3;
  private S3Client client;

  @BeforeEach
  void start() throws Exception {
    s3 = EmbeddedS3.start(temp.resolve("s3"), Loopback.anyFree());
    client = client(s3.endpoint(), signing(s3.credentials()));
  }

  @AfterEach
  void stop() {
    client.close();
    s3.close();
  }

  @Test
  void keepsObjectsMetadataAndCredentialsAfterAStop() throws Exception {
    Map<String, String> metadata =
        Map.of(
            "sha256", "ab12", "prompt", "%E0%A6%A8%E0%A7%80%E0%A6%B2", "long", "x".repeat(2_000));
    put("images/ab/one.png", "pixels", metadata);
    S3Credentials before = s3.credentials();

    stop();
    start();

    assertEquals(before, s3.credentials());
    var found = client.getObjectAsBytes(b -> b.bucket("chitra").key("images/ab/one.png"));
    GetObjectResponse response = found.response();
    assertEquals("pixels", found.asUtf8String());
    assertEquals(metadata, response.metadata());
    assertEquals("image/png", response.contentType());
    assertEquals(List.of("images/ab/one.png"), keys());
  }

  @Test
  void lastUnconditionalPutWins() {
    put("key", "one", Map.of("number", "1"));
    put("key", "two", Map.of("number", "2"));
    var found = client.getObjectAsBytes(b -> b.bucket("chitra").key("key"));
    assertEquals("two", found.asUtf8String());
    assertEquals(Map.of("number", "2"), found.response().metadata());
  }

  @Test
  void oneOfManyConditionalPutsWinsAndIsKept() throws Exception {
    int writers = 8;
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Future<Boolean>> puts = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        String body = "writer " + i;
        puts.add(threads.submit(() -> putIfAbsent("key", body)));
      }
      List<String> winners = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        if (puts.get(i).get()) {
          winners.add("writer " + i);
        }
      }
      assertEquals(List.of(get("key")), winners);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void strangersAreRefused() {
    S3Credentials right = s3.credentials();
    for (AwsCredentialsProvider wrong :
        List.of(
            signing(new S3Credentials(right.accessKey(), "wrong")),
            signing(new S3Credentials("wrong", right.secretKey())),
            AnonymousCredentialsProvider.create())) {
      try (S3Client stranger = client(s3.endpoint(), wrong)) {
        S3Exception list =
            assertThrows(S3Exception.class, () -> stranger.listObjectsV2(b -> b.bucket("chitra")));
        assertEquals(403, list.statusCode());
        S3Exception put =
            assertThrows(
                S3Exception.class,
                () ->
                    stranger.putObject(
                        b -> b.bucket("chitra").key("key"), RequestBody.fromString("body")));
        assertEquals(403, put.statusCode());
      }
    }
    assertEquals(List.of(), keys());
  }

  @Test
  void credentialsAreTheOwnersAndOfThisFolder() throws Exception {
    Path file = temp.resolve("s3/credentials");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertNotEquals(
        s3.credentials().secretKey(), S3Credentials.kept(temp.resolve("other")).secretKey());
    assertFalse(s3.credentials().toString().contains(s3.credentials().secretKey()));
  }

  @Test
  void largeMetadataAreKeptOrRefusedNeverDropped() {
    // More than ext4 takes, which other file systems do take.
    Map<String, String> huge = Map.of("a", "x".repeat(6_000));
    try {
      put("key", "body", huge);
      assertEquals(huge, client.headObject(b -> b.bucket("chitra").key("key")).metadata());
    } catch (S3Exception e) {
      assertEquals(400, e.statusCode());
      assertEquals(List.of(), keys());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside", "a/../../outside", "../s3/credentials"})
  void keyLeadsNowhereElse(String key) throws Exception {
    List<Path> before = files(temp);
    assertThrows(S3Exception.class, () -> put(key, "body", Map.of()));
    assertEquals(before, files(temp));
  }

  @Test
  void putCutOffByAStopLeavesNothing() throws Exception {
    try (HalfPut half = HalfPut.start(client)) {
      half.awaitStaged(temp.resolve("s3/staging"));
      s3.close();
    }
    start();
    assertEquals(List.of(), keys());
    assertEquals(List.of(temp.resolve("s3/credentials")), files(temp));
  }

  @Test
  void putCutOffByAKillLeavesNothingAndTheRestIsKept() throws Exception {
    stop();
    try (ChildJvm process =
            ChildJvm.start(temp.resolve("logs"), S3Process.class, temp.resolve("s3"));
        S3Client other =
            client(
                URI.create(process.awaitLine("listening ").substring("listening ".length())),
                signing(S3Credentials.kept(temp.resolve("s3/credentials"))))) {
      put(other, "whole", "body", Map.of("kept", "yes"));
      try (HalfPut half = HalfPut.start(other)) {
        half.awaitStaged(temp.resolve("s3/staging"));
        process.kill();
      }
    }
    start();
    assertEquals(List.of("whole"), keys());
    assertEquals("body", get("whole"));
    assertEquals(
        Map.of("kept", "yes"), client.headObject(b -> b.bucket("chitra").key("whole")).metadata());
  }

  @Test
  void takenPortIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, Loopback.ADDRESS)) {
      int port = taken.getLocalPort();
      MachineException e =
          assertThrows(MachineException.class, () -> EmbeddedS3.start(temp.resolve("other"), port));
      String message = String.valueOf(e.getMessage());
      assertTrue(message.contains("on port " + port), message);
      assertTrue(message.contains("the port is taken"), message);
    }
  }

  private static S3Client client(URI endpoint, AwsCredentialsProvider credentials) {
    return S3Client.builder()
        .endpointOverride(endpoint)
        .region(Region.of(EmbeddedS3.REGION))
        .forcePathStyle(true)
        .credentialsProvider(credentials)
        .overrideConfiguration(b -> b.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  private static AwsCredentialsProvider signing(S3Credentials credentials) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(credentials.accessKey(), credentials.secretKey()));
  }

  private void put(String key, String body, Map<String, String> metadata) {
    put(client, key, body, metadata);
  }

  private static void put(S3Client client, String key, String body, Map<String, String> metadata) {
    client.putObject(
        b -> b.bucket("chitra").key(key).contentType("image/png").metadata(metadata),
        RequestBody.fromString(body));
  }

  private boolean putIfAbsent(String key, String body) {
    try {
      client.putObject(
          b -> b.bucket("chitra").key(key).ifNoneMatch("*"), RequestBody.fromString(body));
      return true;
    } catch (S3Exception e) {
      assertEquals(412, e.statusCode());
      return false;
    }
  }

  private String get(String key) {
    return client.getObjectAsBytes(b -> b.bucket("chitra").key(key)).asUtf8String();
  }

  private List<String> keys() {
    return client.listObjectsV2(b -> b.bucket("chitra")).contents().stream()
        .map(S3Object::key)
        .toList();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** A put whose body stops half-way and stays there until closed. */
  private static final class HalfPut extends InputStream {
    private static final int HALF = 1 << 20;

    private final CountDownLatch closed = new CountDownLatch(1);
    private int given;

    static HalfPut start(S3Client client) {
      HalfPut body = new HalfPut();
      Thread put =
          new Thread(
              () ->
                  assertThrows(
                      SdkException.class,
                      () ->
                          client.putObject(
                              b -> b.bucket("chitra").key("half"),
                              RequestBody.fromInputStream(body, 2 * HALF))));
      put.setDaemon(true);
      put.start();
      return body;
    }

    void awaitStaged(Path staging) throws Exception {
      while (files(staging).isEmpty()) {
        Thread.sleep(20);
      }
    }

    @Override
    public int read() throws IOException {
      return read(new byte[1], 0, 1);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (given < HALF) {
        int count = Math.min(length, HALF - given);
        given += count;
        return count;
      }
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("cut off");
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
