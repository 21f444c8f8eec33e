package io.chitra.cli;

import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import io.chitra.cli.machine.StackAddresses;
import io.chitra.cli.machine.StackLayout;
import io.chitra.cli.machine.StackOptions;
import io.chitra.cli.show.TextTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra up}: the stack in the foreground, until it is told to stop. */
@Command(
    name = "up",
    aliases = "resume",
    description = {
      "Runs the stack (Kafka, Flink, S3) in the foreground and prints its addresses; Ctrl-C"
          + " stops it. Other commands with the same --state use it meanwhile.",
      "It goes on from the newest checkpoint or, after chitra drain, the savepoint: resume is"
          + " another name for it."
    },
    footer = {
      "  chitra up",
      "  chitra up --kafka-port 9092 --s3-port 9000 --json",
      "  chitra up --processes 4"
    })
final class UpCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;
  @Mixin private PortOptions ports = new PortOptions();

  @Option(names = "--json", order = 1, description = "Print the addresses as one JSON object.")
  private boolean json;

  @ArgGroup private Layout layout = new Layout();

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      order = 4,
      description = "Any option of the worker or of Flink; may be given several times.")
  private Map<String, String> settings = new LinkedHashMap<>();

  /** At most one of them. */
  private static final class Layout {

    @Option(
        names = "--processes",
        paramLabel = "N",
        arity = "0..1",
        fallbackValue = "2",
        order = 2,
        description =
            "Run broker, S3 endpoint, job manager and N task managers (${FALLBACK-VALUE} unless"
                + " said) as processes of their own, and start again what dies.")
    private @Nullable Integer taskManagers;

    @Option(
        names = "--no-worker",
        order = 3,
        description = "Run broker and S3 endpoint alone: nothing renders.")
    private boolean noWorker;

    StackLayout layout() throws CliException {
      if (noWorker) {
        return new StackLayout.ServersAlone();
      }
      if (taskManagers == null) {
        return new StackLayout.OneJvm();
      }
      if (taskManagers < 1) {
        throw CliException.usage(
            "Cannot start %d task managers: --processes takes 1 or more".formatted(taskManagers));
      }
      return new StackLayout.Processes(taskManagers);
    }
  }

  @Override
  public Integer call() throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    Console console = chitra.console();
    StackOptions options = ports.stack(chitra.state(), settings, layout.layout());
    try (LocalStack stack = LocalMachine.provider().openStack(options)) {
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
        if (stack.drained()) {
          console.say("Drained; chitra resume goes on from the savepoint");
        }
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
