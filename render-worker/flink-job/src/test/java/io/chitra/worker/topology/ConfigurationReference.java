package io.chitra.worker.topology;

import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;

/** The reference page of the worker's options, made from the options themselves. */
final class ConfigurationReference {

  private static final String HEAD =
      """
      # Configuration reference

      The worker's options. `./chitra worker --set NAME=VALUE`, `flink run ... --NAME VALUE`, or the same names in
      Flink's configuration file. Flink's own options can be set in the same way. This page is made from
      `WorkerOptions`; `mvn -pl render-worker/flink-job test -Dtest=ConfigurationReferenceTest -Dchitra.write-reference`
      writes it again.

      | option | default | meaning |
      |---|---|---|
      """;

  private ConfigurationReference() {}

  static String page() {
    return HEAD
        + WorkerOptions.all().stream()
            .map(
                option ->
                    "| `%s` | %s | %s |\n"
                        .formatted(option.key(), defaultOf(option), description(option)))
            .collect(Collectors.joining());
  }

  static String description(ConfigOption<?> option) {
    return new HtmlFormatter().format(option.description());
  }

  private static String defaultOf(ConfigOption<?> option) {
    return option.hasDefaultValue() && !option.defaultValue().toString().isEmpty()
        ? "`" + option.defaultValue() + "`"
        : "none";
  }
}
