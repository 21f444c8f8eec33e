package io.chitra.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of the real command line, in a JVM of its own.
 *
 * @param exit its exit status
 * @param said what it said on both outputs
 */
record CommandLineRun(int exit, String said) {
  private static final JsonMapper JSON = new JsonMapper();

  /** Starts {@code chitra COMMAND --state STATE ...}. */
  static ChildJvm start(Path state, Object... arguments) throws Exception {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.add("--state");
    all.add(state);
    return ChildJvm.start(state.resolve("logs"), "io.chitra.cli.Main", all);
  }

  /** Likewise, to its end. */
  static CommandLineRun of(Path state, Object... arguments) throws Exception {
    try (ChildJvm process = start(state, arguments)) {
      int exit = process.await();
      return new CommandLineRun(exit, process.said());
    }
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
