package io.chitra.worker.topology;

import io.chitra.worker.attempt.AttemptLog;
import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/** The log of attempts as a render task holds it, from its opening to its closing. */
interface AttemptNotes extends AttemptLog, AutoCloseable {

  /** Opens the notes where a render task runs; it travels there with the job. */
  @FunctionalInterface
  interface Factory extends Serializable {
    AttemptNotes open(Configuration options) throws IOException;
  }

  /** What has started and not ended, by the names of tasks. Blocks. */
  Map<String, String> found() throws IOException;

  @Override
  void close();
}
