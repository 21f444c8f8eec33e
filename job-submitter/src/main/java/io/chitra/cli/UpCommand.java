package io.chitra.cli;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.show.TextTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra up}: the stack in the foreground, until it is told to stop. */
@Command(
    name = "up",
    description =
        "Runs the stack (Kafka, Flink, S3) in the foreground and prints its addresses; Ctrl-C"
            + " stops it. Other commands with the same --state use it meanwhile.",
    footer = {"  chitra up", "  chitra up --kafka-port 9092 --s3-port 9000 --json"})
final class UpCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();

  @Option(names = "--json", order = 1, description = "Print the addresses as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    try (LocalStack stack = LocalMachine.provider().openStack(ports.stack(chitra.state()))) {
      print(console, stack.addresses());
      if (stack.attached()) {
        console.say(
            "A stack runs on %s already (process %d)"
                .formatted(chitra.state(), stack.addresses().pid()));
        return ExitCode.OK;
      }
      console.say("Running; Ctrl-C stops it");
      try {
        stack.await();
      } catch (InterruptedException signal) {
        console.say("Stopping");
      }
      return ExitCode.OK;
    }
  }

  private void print(Console console, StackAddresses addresses) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("kafka", addresses.kafka());
    values.put("s3_endpoint", addresses.s3Endpoint().toString());
    values.put("region", addresses.region());
    values.put("bucket", addresses.bucket());
    values.put("access_key", addresses.accessKey());
    values.put("secret_key", addresses.secretKey());
    values.put("flink_ui", addresses.flinkUi().toString());
    values.put("pid", addresses.pid());
    if (json) {
      console.print(values);
    } else {
      TextTable table = new TextTable();
      values.forEach((name, value) -> table.row(name, value.toString()));
      console.printUncut(table);
    }
  }
}
