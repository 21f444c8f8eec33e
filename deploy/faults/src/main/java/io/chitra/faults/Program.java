package io.chitra.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program on this class path that has run to its end, in a JVM of its own.
 *
 * @param exit its exit status
 * @param said what it printed; what it said on standard error went to this JVM's
 */
record Program(int exit, String said) {

  /**
   * Runs one.
   *
   * @param options of its JVM
   */
  static Program run(String main, List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Program(process.waitFor(), said);
  }

  /**
   * The first JSON object that it printed on a line of its own; an empty one where there is none.
   */
  JsonNode json() throws IOException {
    String line = said.lines().filter(l -> l.startsWith("{")).findFirst().orElse("{}");
    return JsonMapper.builder().build().readTree(line);
  }
}
