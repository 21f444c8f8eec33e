package io.chitra.cli.submit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.schemas.InputFile;
import io.chitra.store.LocalS3;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With real files and a real S3 endpoint. */
@Timeout(60)
class InputShelfTest {

  @TempDir private static Path bucket;
  @TempDir private Path folder;

  private static LocalS3 s3;
  private static ObjectStore objects;

  private byte[] png = {};

  @BeforeAll
  static void start() throws Exception {
    s3 = LocalS3.start(bucket);
    objects = S3ObjectStore.open(s3.config().withPrefix("team"));
    objects.ensureBucket().join();
  }

  @AfterAll
  static void stop() throws Exception {
    objects.close();
    s3.close();
  }

  @BeforeEach
  void copyAPicture() throws Exception {
    try (InputStream in = InputShelfTest.class.getResourceAsStream("pictures/plain.png")) {
      png = Objects.requireNonNull(in).readAllBytes();
    }
    Files.write(folder.resolve("a.png"), png);
  }

  @Test
  void filesGoIntoTheStoreUnderTheirDigests() throws Exception {
    Files.write(folder.resolve("l.safetensors"), TestModels.safetensors());
    try (InputShelf shelf = new InputShelf(folder)) {
      String sha256 = shelf.picture("a.png").file().getSha256();
      shelf.connect(objects);
      InputFile picture = shelf.picture("a.png").file();
      InputFile lora = shelf.lora("l.safetensors");
      shelf.put(objects);

      assertEquals("s3://chitra/team/inputs/" + sha256, picture.getUri());
      assertEquals(sha256, picture.getSha256());
      assertArrayEquals(png, objects.get("inputs/" + sha256).join());
      StoredObject stored = objects.head("inputs/" + sha256).join().orElseThrow();
      assertEquals("image/png", stored.contentType());
      assertEquals(sha256, stored.metadata().get("sha256"));
      assertArrayEquals(TestModels.safetensors(), objects.get("inputs/" + lora.getSha256()).join());
    }
  }

  @Test
  void whatIsThereIsNotPutAgain() throws Exception {
    String etag = "";
    for (int run = 0; run < 2; run++) {
      try (InputShelf shelf = new InputShelf(folder)) {
        shelf.connect(objects);
        String key = "inputs/" + shelf.picture("a.png").file().getSha256();
        shelf.put(objects);
        StoredObject stored = objects.head(key).join().orElseThrow();
        String mark = stored.etag() + stored.lastModified();
        assertTrue(etag.isEmpty() || etag.equals(mark), mark);
        etag = mark;
      }
    }
  }

  @Test
  void aDamagedObjectIsPutAgain() throws Exception {
    try (InputShelf shelf = new InputShelf(folder)) {
      shelf.connect(objects);
      String key = "inputs/" + shelf.picture("a.png").file().getSha256();
      objects.put(key, new byte[] {1}, "image/png", Map.of()).join();
      shelf.put(objects);

      assertArrayEquals(png, objects.get(key).join());
    }
  }

  @Test
  void aFileThatChangesMeanwhileIsNotPut() throws Exception {
    try (InputShelf shelf = new InputShelf(folder)) {
      shelf.connect(objects);
      Files.write(folder.resolve("b.safetensors"), TestModels.safetensors());
      InputFile lora = shelf.lora("b.safetensors");
      objects.delete("inputs/" + lora.getSha256()).join();
      Files.write(folder.resolve("b.safetensors"), new byte[] {1, 0, 0, 0, 0, 0, 0, 0, '{'});

      IOException e = assertThrows(IOException.class, () -> shelf.put(objects));

      assertTrue(String.valueOf(e.getMessage()).contains("has changed meanwhile"), e.getMessage());
      assertFalse(objects.head("inputs/" + lora.getSha256()).join().isPresent());
    }
  }

  @Test
  void filesInTheStoreStayWhereTheyAre() throws Exception {
    objects.put("given/a.png", png, "image/png", Map.of()).join();
    try (InputShelf shelf = new InputShelf(folder)) {
      shelf.connect(objects);
      InputShelf.Picture picture = shelf.picture("s3://chitra/team/given/a.png");

      assertEquals("s3://chitra/team/given/a.png", picture.file().getUri());
      assertEquals(shelf.picture("a.png").file().getSha256(), picture.file().getSha256());
      assertEquals(30, picture.width());
    }
  }

  @Test
  void nothingIsReadFromOtherBuckets() throws Exception {
    try (InputShelf shelf = new InputShelf(folder)) {
      shelf.connect(objects);

      InputException other =
          assertThrows(InputException.class, () -> shelf.picture("s3://other/team/a.png"));
      InputException absent =
          assertThrows(InputException.class, () -> shelf.picture("s3://chitra/team/none.png"));

      assertEquals(
          "cannot use s3://other/team/a.png: workers read s3://chitra/team/ alone; put the file"
              + " there, or give its path here",
          other.getMessage());
      assertEquals("there is no object s3://chitra/team/none.png", absent.getMessage());
    }
  }

  @Test
  void aHostThatIsNotThereIsSaid() throws Exception {
    try (InputShelf shelf = new InputShelf(folder)) {
      InputException e =
          assertThrows(InputException.class, () -> shelf.picture("https://none.invalid/a.png"));

      assertTrue(
          String.valueOf(e.getMessage()).startsWith("Cannot download https://none.invalid/a.png: "),
          e.getMessage());
    }
  }
}
