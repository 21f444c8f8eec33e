package io.chitra.cli.machine;

import java.util.Map;

/**
 * The options of a worker, by the names of the configuration reference ({@code
 * chitra.kafka.bootstrap-servers}, ...).
 */
public record WorkerSettings(Map<String, String> options) {
  public WorkerSettings {
    options = Map.copyOf(options);
  }
}
