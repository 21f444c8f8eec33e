package io.chitra.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chitra.schemas.Codec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredSchemasTest {

  private static final Codec<?> CODEC = Codec.renderJobs();
  private static final String KEY = "schemas/" + Codec.hex(CODEC.fingerprint()) + ".avsc";

  @TempDir private Path folder;
  private LocalS3 s3;
  private ObjectStore store;
  private StoredSchemas schemas;

  @BeforeEach
  void start() throws Exception {
    s3 = LocalS3.start(folder);
    store = S3ObjectStore.open(s3.config());
    store.ensureBucket().join();
    schemas = new StoredSchemas(store);
  }

  @AfterEach
  void stop() throws Exception {
    store.close();
    s3.close();
  }

  @Test
  void whatIsKeptIsFound() {
    assertEquals(Optional.empty(), schemas.find(CODEC.fingerprint()));

    schemas.keep(CODEC);
    schemas.keep(CODEC);

    assertEquals(Optional.of(CODEC.schema()), schemas.find(CODEC.fingerprint()));
  }

  @Test
  void anObjectThatIsNoSchemaIsNone() {
    store.put(KEY, "{".getBytes(StandardCharsets.UTF_8), "application/json", Map.of()).join();

    assertEquals(Optional.empty(), schemas.find(CODEC.fingerprint()));
  }

  @Test
  void aStoreThatDoesNotAnswerIsNoAnswer() {
    try (ObjectStore stranger =
        S3ObjectStore.open(
            new StoreConfig(
                s3.config().endpoint(),
                s3.config().region(),
                s3.config().bucket(),
                "",
                new StoreCredentials("WRONGACCESSKEY000000", "wrong")))) {
      assertThrows(
          CompletionException.class, () -> new StoredSchemas(stranger).find(CODEC.fingerprint()));
    }
  }
}
