package io.chitra.worker.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.store.LocalS3;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.store.S3ObjectStore;
import io.chitra.worker.DamagedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real S3 endpoint. */
@Timeout(60)
class LocalFoldersTest {

  @TempDir private Path folder;

  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  private record Opened(Path path) implements LocalFolders.Local {
    @Override
    public void close() {}
  }

  @Test
  void aDamagedFolderIsRefusedUntilItIsMendedAndSomeTimeHasPassed() throws Exception {
    try (LocalS3 s3 = LocalS3.start(Files.createDirectory(folder.resolve("s3")));
        ObjectStore objects = S3ObjectStore.open(s3.config())) {
      objects.ensureBucket().join();
      DamagedModel model = DamagedModel.push(objects, folder);
      LocalFolders<Opened> folders =
          new LocalFolders<>(
              new ModelRepository(objects, folder.resolve("fetched"), 1L << 30),
              Opened::new,
              Runnable::run,
              3,
              () -> now);
      model.damage();

      RenderException e = refusal(folders, model);
      assertTrue(String.valueOf(e.getMessage()).contains("is damaged"), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).endsWith("(tried 3 times)"), e.getMessage());

      model.mend();
      refusal(folders, model);
      now = now.plus(LocalFolders.DAMAGE_REMEMBERED);
      assertEquals(
          model.digest(), folders.get(model.digest()).join().path().getFileName().toString());
    }
  }

  private static RenderException refusal(LocalFolders<Opened> folders, DamagedModel model) {
    CompletionException e =
        assertThrows(CompletionException.class, () -> folders.get(model.digest()).join());
    return assertInstanceOf(RenderException.class, e.getCause());
  }
}
