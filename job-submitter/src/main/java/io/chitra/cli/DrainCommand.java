package io.chitra.cli;

import io.chitra.cli.flink.Worker;
import io.chitra.cli.machine.LocalMachine;
import io.chitra.cli.machine.LocalStack;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code chitra drain}: stops the worker with a savepoint. */
@Command(
    name = "drain",
    description = {
      "Stops the worker with a savepoint: every picture that it has made gets its record, every"
          + " other one waits for chitra resume.",
      "A stack that runs on --state ends with its worker."
    },
    footer = {"  chitra drain", "  chitra drain --flink http://jobmanager:8081"})
final class DrainCommand implements Callable<Integer> {

  @ParentCommand private @Nullable Chitra chitra;

  @Option(
      names = "--flink",
      paramLabel = "URL",
      order = 1,
      description = "Web page of a Flink that runs elsewhere (default: of the stack on --state).")
  private @Nullable URI flink;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      order = 2,
      description = "How long it may take (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--json", order = 3, description = "Print where the savepoint is as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    Chitra chitra = Objects.requireNonNull(this.chitra);
    if (seconds < 1) {
      throw CliException.usage("Cannot wait %d s: --timeout takes 1 or more".formatted(seconds));
    }
    if (flink != null) {
      return drain(chitra.console(), flink);
    }
    Optional<LocalStack> stack = LocalMachine.provider().attachStack(chitra.state());
    if (stack.isEmpty()) {
      throw CliException.failed(
          "Cannot drain: no stack runs on %s; name another folder with --state, or a Flink that runs elsewhere with --flink"
              .formatted(chitra.state()));
    }
    try (LocalStack attached = stack.get()) {
      return drain(chitra.console(), attached.addresses().flinkUi());
    }
  }

  private int drain(Console console, URI url) throws Exception {
    String savepoint = new Worker(url).drain(Duration.ofSeconds(seconds));
    if (json) {
      console.print(Map.of("savepoint", savepoint));
    } else {
      console.out().println(savepoint);
    }
    console.say(
        "Drained: nothing renders, so objects without records may be removed now. The next start"
            + " of the worker goes on from this savepoint: chitra resume");
    return ExitCode.OK;
  }
}
