package io.chitra.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the checker has decided, in a process of its own.
 *
 * @param exit 0 when all is right
 * @param findings what it has printed
 */
record Verdict(int exit, JsonNode findings) {

  private static final String MAIN = "io.chitra.checker.CheckerMain";

  /**
   * Runs it.
   *
   * @param stackFile says where everything is
   * @param schemas folders
   */
  static Verdict of(Path stackFile, List<Path> schemas) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-Djava.awt.headless=true", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(MAIN);
    command.addAll(List.of("--stack", stackFile.toString(), "--deep"));
    for (Path folder : schemas) {
      command.addAll(List.of("--schemas", folder.toString()));
    }
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    int exit = process.waitFor();
    String json = said.lines().filter(line -> line.startsWith("{")).findFirst().orElse("{}");
    return new Verdict(exit, JsonMapper.builder().build().readTree(json));
  }

  /** A number of the findings. */
  long number(String name) {
    return findings.path(name).asLong(-1);
  }
}
