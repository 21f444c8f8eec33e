package io.chitra.faults;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chitra.embedded.Loopback;
import io.chitra.store.ObjectStore;
import io.chitra.store.ObjectStoreContract;
import io.chitra.store.S3ObjectStore;
import io.chitra.store.StoreConfig;
import io.chitra.store.StoreCredentials;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Chitra asks of a store, on S3 servers that were not made here. */
@Tag("long")
class OtherStoresContractTest {

  private static final StoreCredentials CREDENTIALS =
      new StoreCredentials("CONTRACTACCESSKEY000", "contract-secret-key");
  private static final String BUCKET = "chitra";

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Contract extends ObjectStoreContract {

    private final OtherStore store;
    private @Nullable OtherServer server;

    Contract(OtherStore store) {
      this.store = store;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
      assumeTrue(store.program().isPresent(), () -> store + " was not built");
      server = OtherServer.start(store, folder, Loopback.anyFree(), BUCKET, CREDENTIALS);
    }

    @AfterAll
    void stop() {
      if (server != null) {
        server.close();
      }
    }

    @Override
    protected StoreConfig running() {
      return StoreConfig.at(requireNonNull(server).endpoint(), BUCKET, CREDENTIALS);
    }
  }

  @Nested
  class OnVersitygw extends Contract {
    OnVersitygw() {
      super(OtherStore.VERSITYGW);
    }

    /** An access key that nobody has is a user that is not found to it, with 404. */
    @Override
    protected List<StoreCredentials> wrong(StoreCredentials right) {
      return super.wrong(right).subList(0, 1);
    }

    @Test
    void tellsWhyAPutIsRefusedThatIsNot403() {
      StoreConfig stranger =
          StoreConfig.at(
              requireNonNull(running().endpoint()),
              BUCKET,
              new StoreCredentials("NOSUCHACCESSKEY00000", CREDENTIALS.secretKey()));
      try (ObjectStore store = S3ObjectStore.open(stranger)) {
        CompletionException refused =
            assertThrows(
                CompletionException.class,
                () -> store.put("a", new byte[1], "text/plain", Map.of()).join());
        assertTrue(refused.toString().contains("No user exists"), refused::toString);
      }
    }
  }

  @Nested
  class OnMinio extends Contract {
    OnMinio() {
      super(OtherStore.MINIO);
    }
  }

  @Nested
  class OnRclone extends Contract {
    OnRclone() {
      super(OtherStore.RCLONE);
    }
  }
}
