package io.chitra.cli.machine;

import java.nio.file.Path;
import java.util.Map;

/**
 * How to start the embedded stack.
 *
 * @param state the folder that keeps everything; absolute
 * @param kafkaPort loopback port of the broker; 0 is the default one, moved when taken
 * @param s3Port likewise of the S3 endpoint
 * @param flinkPort likewise of Flink's web page
 * @param worker options of its worker that are to be other than the stack's own, by name
 * @param layout over how many processes it is spread
 */
public record StackOptions(
    Path state,
    int kafkaPort,
    int s3Port,
    int flinkPort,
    Map<String, String> worker,
    StackLayout layout) {
  public StackOptions {
    worker = Map.copyOf(worker);
    if (!state.isAbsolute()) {
      throw new IllegalArgumentException("Cannot use state folder " + state + ": not absolute");
    }
  }

  /** A stack in one JVM. */
  public StackOptions(
      Path state, int kafkaPort, int s3Port, int flinkPort, Map<String, String> worker) {
    this(state, kafkaPort, s3Port, flinkPort, worker, new StackLayout.OneJvm());
  }

  /** A stack in one JVM, whose worker has the stack's own options. */
  public StackOptions(Path state, int kafkaPort, int s3Port, int flinkPort) {
    this(state, kafkaPort, s3Port, flinkPort, Map.of());
  }
}
