package io.chitra.worker.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chitra.worker.topology.Checkpoints.Found;
import io.chitra.worker.topology.Checkpoints.Kind;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
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

  @Test
  void theSavepointOfADrainIsNewestUntilALaterCheckpoint() throws IOException {
    complete("chk-9");
    savepoint("savepoint-c417a0-0123456789ab", 12);
    savepoint("savepoint-c417a0-ba9876543210", 7);
    savepoint("savepoint-ffffff-0123456789ab", 99); // another job's
    Files.createDirectories(savepoints().resolve("savepoint-c417a0-begun"));
    Files.createDirectories(savepoints().resolve("savepoint-c417a0-broken"));
    Files.writeString(savepoints().resolve("savepoint-c417a0-broken/_metadata"), "nothing");

    Found drained = Checkpoints.find(directory.toUri().toString()).orElseThrow();
    assertTrue(drained.path().endsWith("/savepoint-c417a0-0123456789ab"), drained.toString());
    assertEquals(new Found(Kind.SAVEPOINT, 12, drained.path()), drained);

    complete("chk-13");
    assertTrue(newest().orElseThrow().endsWith("/chk-13"), newest().toString());
  }

  /** As Flink writes one. */
  private void savepoint(String name, long number) throws IOException {
    Path folder = Files.createDirectories(savepoints().resolve(name));
    try (DataOutputStream out =
        new DataOutputStream(Files.newOutputStream(folder.resolve("_metadata")))) {
      org.apache.flink.runtime.checkpoint.Checkpoints.storeCheckpointMetadata(
          new CheckpointMetadata(
              number,
              List.of(),
              List.of(),
              CheckpointProperties.forSavepoint(false, SavepointFormatType.CANONICAL)),
          out);
    }
  }

  private Path savepoints() {
    return directory.resolve(Checkpoints.SAVEPOINTS);
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
