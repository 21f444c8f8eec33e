package io.chitra.cli.machine;

import java.nio.file.Path;

/**
 * How to start the embedded stack.
 *
 * @param state the folder that keeps everything; absolute
 * @param kafkaPort loopback port of the broker; 0 is the default one, moved when taken
 * @param s3Port likewise of the S3 endpoint
 * @param flinkPort likewise of Flink's web page
 */
public record StackOptions(Path state, int kafkaPort, int s3Port, int flinkPort) {
  public StackOptions {
    if (!state.isAbsolute()) {
      throw new IllegalArgumentException("Cannot use state folder " + state + ": not absolute");
    }
  }
}
