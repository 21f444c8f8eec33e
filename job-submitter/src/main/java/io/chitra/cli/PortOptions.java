package io.chitra.cli;

import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where a stack that is started here listens. */
final class PortOptions {

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      defaultValue = "0",
      order = 80,
      description = "Loopback port of the broker of a stack started here (default: a free one).")
  private int kafkaPort;

  @Option(
      names = "--s3-port",
      paramLabel = "PORT",
      defaultValue = "0",
      order = 81,
      description = "Likewise of its S3 endpoint.")
  private int s3Port;

  @Option(
      names = "--flink-port",
      paramLabel = "PORT",
      defaultValue = "0",
      order = 82,
      description = "Likewise of its Flink web page.")
  private int flinkPort;

  StackOptions stack(Path state) {
    return new StackOptions(state, kafkaPort, s3Port, flinkPort);
  }

  StackOptions stack(Path state, Map<String, String> worker, StackLayout layout) {
    return new StackOptions(state, kafkaPort, s3Port, flinkPort, worker, layout);
  }
}
