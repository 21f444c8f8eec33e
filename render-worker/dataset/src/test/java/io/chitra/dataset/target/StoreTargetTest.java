package io.chitra.dataset.target;

import io.chitra.store.LocalS3;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract, on an S3 endpoint in this JVM. */
class StoreTargetTest extends TargetContract {

  private static LocalS3 s3;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    s3 = LocalS3.start(folder);
    try (ObjectStore store = S3ObjectStore.open(s3.config())) {
      store.ensureBucket().join();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    s3.close();
  }

  @Override
  Target open() {
    return Targets.open(
        "s3://%s/datasets/%s/".formatted(s3.config().bucket(), UUID.randomUUID()), s3.config());
  }
}
