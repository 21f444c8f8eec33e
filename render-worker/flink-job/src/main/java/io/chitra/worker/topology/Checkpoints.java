package io.chitra.worker.topology;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Finds the checkpoint to start from: the newest complete one that an earlier run has left. Flink
 * keeps that in mind by itself only with ZooKeeper or Kubernetes.
 */
public final class Checkpoints {

  /**
   * The id of the worker's Flink job, always the same, so that every run finds the checkpoints of
   * the one before.
   */
  public static final JobID JOB_ID = JobID.fromHexString("c417a000000000000000000000000001");

  private static final String COMPLETE = "_metadata";
  private static final String PREFIX = "chk-";

  private Checkpoints() {}

  /**
   * @param directory Flink's checkpoint directory, as {@code file:///...} or {@code s3://...}
   * @return where the newest complete checkpoint lies, if there is one
   */
  public static Optional<String> newest(String directory) throws IOException {
    Path ofJob = new Path(new Path(directory), JOB_ID.toHexString());
    FileSystem files = ofJob.getFileSystem();
    FileStatus[] found;
    try {
      found = files.listStatus(ofJob);
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
    if (found == null) {
      return Optional.empty();
    }
    for (FileStatus checkpoint : newestFirst(found)) {
      if (files.exists(new Path(checkpoint.getPath(), COMPLETE))) {
        return Optional.of(checkpoint.getPath().toString());
      }
    }
    return Optional.empty();
  }

  private static FileStatus[] newestFirst(FileStatus[] found) {
    return Arrays.stream(found)
        .filter(status -> status.getPath().getName().matches(PREFIX + "\\d+"))
        .sorted(Comparator.comparingLong(Checkpoints::number).reversed())
        .toArray(FileStatus[]::new);
  }

  private static long number(FileStatus checkpoint) {
    return Long.parseLong(checkpoint.getPath().getName().substring(PREFIX.length()));
  }
}
