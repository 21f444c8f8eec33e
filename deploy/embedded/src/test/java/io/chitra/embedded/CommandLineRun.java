package io.chitra.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.cli.ManyCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of the real command line, in another JVM than the test's.
 *
 * @param exit its exit status
 * @param said what it said on both outputs
 */
record CommandLineRun(int exit, String said) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Where commands run that need no JVM of their own; ends with the tests. */
  private static @Nullable ChildJvm shared;

  /** Starts {@code chitra COMMAND --state STATE ...} in a JVM of its own. */
  static ChildJvm start(Path state, Object... arguments) throws Exception {
    return ChildJvm.start(state.resolve("logs"), "io.chitra.cli.Main", arguments(state, arguments));
  }

  /** Likewise, to its end. */
  static CommandLineRun alone(Path state, Object... arguments) throws Exception {
    try (ChildJvm process = start(state, arguments)) {
      int exit = process.await();
      return new CommandLineRun(exit, process.said());
    }
  }

  /**
   * Likewise, in the JVM where all such commands run, one after the other: a new one takes longer
   * to start than most commands take.
   */
  static synchronized CommandLineRun of(Path state, Object... arguments) throws Exception {
    ChildJvm jvm = running();
    jvm.enter(JSON.writeValueAsString(arguments(state, arguments)));
    String end = jvm.awaitLine(ManyCommands.ENDED);
    int exit = Integer.parseInt(end.substring(ManyCommands.ENDED.length()));
    return new CommandLineRun(exit, jvm.forget());
  }

  private static ChildJvm running() throws IOException {
    ChildJvm jvm = shared;
    if (jvm == null || !jvm.isAlive()) {
      Path logs = Path.of(System.getProperty("chitra.logs", "target/test-logs"));
      jvm = ChildJvm.start(logs.resolve("commands"), ManyCommands.class);
      shared = jvm;
    }
    return jvm;
  }

  private static List<String> arguments(Path state, Object... arguments) {
    List<String> all = new ArrayList<>();
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    all.add("--state");
    all.add(state.toString());
    return all;
  }

  /** What {@code --json} printed. */
  JsonNode json() throws Exception {
    String line =
        said.lines()
            .filter(l -> l.startsWith("{"))
            .reduce((first, second) -> second)
            .orElseThrow(() -> new AssertionError("no JSON in:\n" + said));
    return JSON.readTree(line);
  }
}
