package io.chitra.worker.topology;

import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what to start from: the newest complete checkpoint or savepoint that an earlier run has
 * left. Flink keeps that in mind by itself only with ZooKeeper or Kubernetes.
 *
 * <p>Checkpoints and savepoints are numbered together, and every start goes on from the newest
 * number: so the highest one is what the worker has last committed. A savepoint counts only where
 * {@code chitra drain} puts it; one that was taken elsewhere, of a worker that went on, is not a
 * place to go back to.
 */
public final class Checkpoints {

  /**
   * The id of the worker's Flink job, always the same, so that every run finds the checkpoints of
   * the one before.
   */
  public static final JobID JOB_ID = JobID.fromHexString("c417a000000000000000000000000001");

  /** The folder within the checkpoint directory that a drained worker leaves its savepoint in. */
  static final String SAVEPOINTS = "savepoints";

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private static final String COMPLETE = "_metadata";
  private static final String CHECKPOINT = "chk-";

  /** As Flink names them: the begin of the job's id, and something random. */
  private static final String SAVEPOINT = "savepoint-" + JOB_ID.toHexString().substring(0, 6) + "-";

  private Checkpoints() {}

  /** A state to start from. */
  record Found(Kind kind, long number, String path) {}

  /** Who owns the files of a state. */
  enum Kind {
    /** The run that it starts: it is deleted when newer ones have taken its place. */
    CHECKPOINT,
    /** Whoever asked for it: it stays until somebody deletes it. */
    SAVEPOINT
  }

  /**
   * @param directory Flink's checkpoint directory, as {@code file:///...} or {@code s3://...}
   * @return where the newest complete state lies, if there is one
   */
  public static Optional<String> newest(String directory) throws IOException {
    return find(directory).map(Found::path);
  }

  /** Likewise, with what it is. */
  static Optional<Found> find(String directory) throws IOException {
    Path root = new Path(directory);
    FileSystem files = root.getFileSystem();
    List<Found> found = new ArrayList<>();
    for (FileStatus status : list(files, new Path(root, JOB_ID.toHexString()))) {
      String name = status.getPath().getName();
      if (name.matches(CHECKPOINT + "\\d+") && isComplete(files, status)) {
        long number = Long.parseLong(name.substring(CHECKPOINT.length()));
        found.add(new Found(Kind.CHECKPOINT, number, status.getPath().toString()));
      }
    }
    for (FileStatus status : list(files, new Path(root, SAVEPOINTS))) {
      if (status.getPath().getName().startsWith(SAVEPOINT) && isComplete(files, status)) {
        OptionalLong number = number(files, status);
        if (number.isPresent()) {
          found.add(new Found(Kind.SAVEPOINT, number.getAsLong(), status.getPath().toString()));
        }
      }
    }
    return found.stream().max(Comparator.comparingLong(Found::number));
  }

  private static FileStatus[] list(FileSystem files, Path folder) throws IOException {
    try {
      FileStatus[] found = files.listStatus(folder);
      return found == null ? new FileStatus[0] : found;
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  private static boolean isComplete(FileSystem files, FileStatus state) throws IOException {
    return files.exists(metadata(state));
  }

  private static Path metadata(FileStatus state) {
    return new Path(state.getPath(), COMPLETE);
  }

  /** The number of a savepoint, which only its content tells; empty when that cannot be read. */
  private static OptionalLong number(FileSystem files, FileStatus savepoint) {
    try (DataInputStream in = new DataInputStream(files.open(metadata(savepoint)))) {
      CheckpointMetadata read =
          org.apache.flink.runtime.checkpoint.Checkpoints.loadCheckpointMetadata(
              in, Checkpoints.class.getClassLoader(), savepoint.getPath().toString());
      return OptionalLong.of(read.getCheckpointId());
    } catch (IOException e) {
      LOG.warn("Cannot start from savepoint {}: its metadata are broken", savepoint.getPath(), e);
      return OptionalLong.empty();
    }
  }
}
