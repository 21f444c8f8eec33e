package io.chitra.embedded;

import io.chitra.store.ObjectStoreContract;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the object store on the embedded endpoint. */
class EmbeddedS3ContractTest extends ObjectStoreContract {
  @TempDir static Path temp;

  private static EmbeddedS3 s3;

  @BeforeAll
  static void start() throws Exception {
    s3 = EmbeddedS3.start(temp.resolve("s3"), Loopback.anyFree());
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @Override
  protected StoreConfig running() {
    return StoreConfig.at(
        s3.endpoint(),
        EmbeddedS3.BUCKET,
        new StoreCredentials(s3.credentials().accessKey(), s3.credentials().secretKey()));
  }
}
