package io.chitra.cli;

import io.chitra.cli.export.Again;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The command line that has a Flink cluster do what a command has prepared. Secrets are left out:
 * who runs it gives them as the cluster's worker has them.
 */
final class FlinkRun {

  /** Of Kafka's clients; the other properties may be secrets, or say where secrets are. */
  private static final Set<String> TOLD_OF_KAFKA =
      Set.of("chitra.kafka.properties.security.protocol", "chitra.kafka.properties.sasl.mechanism");

  private FlinkRun() {}

  /**
   * A line of a shell, broken for a person.
   *
   * @param main class within {@code io.chitra.worker.topology}
   * @param options of a worker, and the main class's own, by name
   */
  static String line(String main, Map<String, String> options) {
    List<String> words = new ArrayList<>();
    words.add("flink run -c io.chitra.worker.topology." + main + " chitra-flink-job.jar");
    options.forEach(
        (name, value) -> {
          if (isTold(name)) {
            words.add("--" + name + " " + Again.quoted(value));
          }
        });
    return String.join(" \\\n    ", words);
  }

  private static boolean isTold(String name) {
    return !name.endsWith("-key")
        && (!name.startsWith("chitra.kafka.properties.") || TOLD_OF_KAFKA.contains(name));
  }
}
