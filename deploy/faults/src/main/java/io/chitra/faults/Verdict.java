package io.chitra.faults;

import com.fasterxml.jackson.databind.JsonNode;
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
    List<String> arguments = new ArrayList<>(List.of("--stack", stackFile.toString(), "--deep"));
    for (Path folder : schemas) {
      arguments.addAll(List.of("--schemas", folder.toString()));
    }
    Program program = Program.run(MAIN, List.of(), arguments);
    return new Verdict(program.exit(), program.json());
  }

  /** A number of the findings. */
  long number(String name) {
    return findings.path(name).asLong(-1);
  }
}
