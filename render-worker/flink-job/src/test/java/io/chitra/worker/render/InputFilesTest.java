package io.chitra.worker.render;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.dataset.Sha256;
import io.chitra.input.HttpsDownload;
import io.chitra.schemas.InputFile;
import io.chitra.store.LocalS3;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real S3 endpoint. What goes over https is tested with the download itself. */
@Timeout(60)
class InputFilesTest {

  private static final byte[] BYTES = "a picture".getBytes(UTF_8);
  private static final String SHA256 = Sha256.of(BYTES);

  @TempDir private static Path bucket;
  @TempDir private Path folder;

  private static LocalS3 s3;
  private static ObjectStore objects;

  @BeforeAll
  static void start() throws Exception {
    s3 = LocalS3.start(bucket);
    objects = S3ObjectStore.open(s3.config().withPrefix("team"));
    objects.ensureBucket().join();
    objects.put("inputs/a b.png", BYTES, "image/png", Map.of()).join();
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    s3.close();
  }

  private InputFiles files() {
    return new InputFiles(
        objects,
        HttpsDownload.client().build(),
        new AllowedHosts(List.of("allowed.invalid")),
        address -> true,
        folder,
        1 << 20);
  }

  private static InputFile at(String uri) {
    return new InputFile(uri, SHA256);
  }

  private static InputFile stored() {
    return at("s3://chitra/team/inputs/a b.png");
  }

  private String refusal(InputFile file, long maxBytes) throws IOException {
    RenderException e = assertThrows(RenderException.class, () -> files().fetch(file, maxBytes));
    try (Stream<Path> left = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
      assertEquals(List.of(), left.toList());
    }
    return String.valueOf(e.getMessage());
  }

  @Test
  void aFileIsFetchedOnce() throws Exception {
    Path file = files().fetch(stored(), 100);
    assertArrayEquals(BYTES, Files.readAllBytes(file));

    assertEquals(file, files().fetch(at("s3://chitra/team/inputs/gone.png"), 100));
  }

  @Test
  void aFileWithOtherBytesIsRefused() throws Exception {
    String message = refusal(new InputFile(stored().getUri(), "ab".repeat(32)), 100);

    assertTrue(message.contains("its SHA-256 is " + SHA256), message);
  }

  @Test
  void aFileThatIsTooLargeIsRefused() throws Exception {
    assertEquals(
        "Cannot read the file s3://chitra/team/inputs/a b.png: it has 9 bytes, and up to 8 are"
            + " read",
        refusal(stored(), 8));

    files().fetch(stored(), 9);
    assertThrows(RenderException.class, () -> files().fetch(stored(), 8));
  }

  @Test
  void whatIsNotThereIsRefused() throws Exception {
    assertEquals(
        "Cannot read the file s3://chitra/team/inputs/x: there is no such object",
        refusal(at("s3://chitra/team/inputs/x"), 100));
  }

  @Test
  void nothingIsReadFromElsewhere() throws Exception {
    String alone = ": this worker reads s3://chitra/team/ alone; put the file there";
    assertEquals(
        "Cannot read the file s3://other/team/a" + alone, refusal(at("s3://other/team/a"), 100));
    assertEquals(
        "Cannot read the file s3://chitra/secret/a" + alone,
        refusal(at("s3://chitra/secret/a"), 100));
    assertTrue(refusal(at("https://127.0.0.1/a.png"), 100).contains("is not allowed here"));
    assertTrue(refusal(at("https://169.254.169.254/"), 100).contains("is not allowed here"));
    assertTrue(refusal(at("file:///etc/passwd"), 100).contains("neither s3:// nor https://"));
  }

  @Test
  void noKeyLeadsUp() throws Exception {
    for (String key : List.of("../secret/a", "inputs/../../a", "./a", "inputs/..")) {
      String message = refusal(at("s3://chitra/team/" + key), 100);
      assertTrue(message.contains("a part of dots alone"), message);
    }
    assertTrue(refusal(at("s3://chitra/team/a..b/c.d"), 100).contains("no such object"));
  }

  @Test
  void aHostThatIsAwayMayBeThereAnotherTime() {
    assertThrows(IOException.class, () -> files().fetch(at("https://allowed.invalid/a.png"), 100));
  }
}
