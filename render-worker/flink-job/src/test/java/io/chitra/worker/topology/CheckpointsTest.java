package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

  @TempDir private Path directory;

  @Test
  void aFirstStartHasNone() throws IOException {
    assertEquals(Optional.empty(), newest());
    assertEquals(
        Optional.empty(), Checkpoints.newest(directory.resolve("missing").toUri().toString()));
  }

  @Test
  void theNewestCompleteOneIsTheOneWithTheHighestNumber() throws IOException {
    complete("chk-9");
    complete("chk-10");
    Files.createDirectories(ofJob().resolve("chk-11")); // begun, never finished
    Files.createDirectories(ofJob().resolve("shared"));
    Files.createDirectories(ofJob().resolve("chk-new"));

    assertTrue(newest().orElseThrow().endsWith("/chk-10"), newest().toString());
  }

  private Optional<String> newest() throws IOException {
    return Checkpoints.newest(directory.toUri().toString());
  }

  private void complete(String name) throws IOException {
    Files.createDirectories(ofJob().resolve(name));
    Files.writeString(ofJob().resolve(name).resolve("_metadata"), "");
  }

  private Path ofJob() {
    return directory.resolve(Checkpoints.JOB_ID.toHexString());
  }
}
