package io.chitra.embedded;

import io.chitra.store.ObjectStoreContract;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.containers.MinIOContainer;

/** The contract of the object store on MinIO. */
@EnabledIf(value = Docker.IS_HERE, disabledReason = Docker.IS_NOT_HERE)
class MinioContractTest extends ObjectStoreContract {
  private static final MinIOContainer MINIO =
      new MinIOContainer("minio/minio:RELEASE.2025-09-07T16-13-09Z");

  @BeforeAll
  static void start() {
    MINIO.start();
  }

  @AfterAll
  static void stop() {
    MINIO.stop();
  }

  @Override
  protected StoreConfig running() {
    return StoreConfig.at(
        URI.create(MINIO.getS3URL()),
        EmbeddedS3.BUCKET,
        new StoreCredentials(MINIO.getUserName(), MINIO.getPassword()));
  }
}
