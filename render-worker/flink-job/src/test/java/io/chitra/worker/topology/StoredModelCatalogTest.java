package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.store.LocalS3;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.worker.DamagedModel;
import io.chitra.worker.plan.UnknownModelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real S3 endpoint. */
@Timeout(60)
class StoredModelCatalogTest {

  @TempDir private Path folder;

  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void aDamagedModelIsUnknownUntilItIsMendedAndSomeTimeHasPassed() throws Exception {
    try (LocalS3 s3 = LocalS3.start(Files.createDirectory(folder.resolve("s3")));
        ObjectStore objects = S3ObjectStore.open(s3.config())) {
      objects.ensureBucket().join();
      DamagedModel model = DamagedModel.push(objects, folder);
      StoredModelCatalog catalog =
          new StoredModelCatalog(
              new ModelRepository(objects, folder.resolve("fetched"), 1L << 30), 3, () -> now);
      model.damage();

      UnknownModelException e =
          assertThrows(UnknownModelException.class, () -> catalog.facts(model.digest()));
      assertTrue(String.valueOf(e.getMessage()).contains("is damaged"), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).endsWith("(tried 3 times)"), e.getMessage());

      model.mend();
      assertThrows(UnknownModelException.class, () -> catalog.facts(model.digest()));
      now = now.plus(StoredModelCatalog.DAMAGE_REMEMBERED);
      assertEquals(256, catalog.facts(model.digest()).width());
    }
  }
}
