package io.chitra.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, on an S3 endpoint in this JVM. */
class S3ObjectStoreTest extends ObjectStoreContract {

  private static final int MEGABYTE = 1 << 20;

  private static LocalS3 s3;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    s3 = LocalS3.start(folder);
  }

  @AfterAll
  static void stop() throws IOException {
    s3.close();
  }

  @Override
  protected StoreConfig running() {
    return s3.config();
  }

  @Test
  void sendsLargeFilesInParts(@TempDir Path folder) throws IOException {
    byte[] bytes = new byte[17 * MEGABYTE + 1];
    new Random(2).nextBytes(bytes);
    Path from = Files.write(folder.resolve("from"), bytes);
    try (ObjectStore store = S3ObjectStore.open(running(), 8L * MEGABYTE, 5L * MEGABYTE)) {
      store.put("parts", from, "application/octet-stream", Map.of("sha256", "0f")).join();

      StoredObject object = store.head("parts").join().orElseThrow();
      assertEquals(bytes.length, object.length());
      assertEquals(Map.of("sha256", "0f"), object.metadata());
      assertEquals(-1, Files.mismatch(from, store.download("parts", folder.resolve("to")).join()));
    }
  }
}
