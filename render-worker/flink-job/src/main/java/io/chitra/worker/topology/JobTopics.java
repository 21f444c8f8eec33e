package io.chitra.worker.topology;

import io.chitra.worker.plan.Priority;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;

/** The topics that jobs come from, one for each priority. */
final class JobTopics {

  private static final Map<Priority, ConfigOption<String>> OPTIONS =
      new EnumMap<>(
          Map.of(
              Priority.HIGH, WorkerOptions.TOPIC_JOBS_HIGH,
              Priority.NORMAL, WorkerOptions.TOPIC_JOBS,
              Priority.LOW, WorkerOptions.TOPIC_JOBS_LOW));

  private JobTopics() {}

  /** Their names, the most urgent first. */
  static List<String> names(Configuration options) {
    List<String> names = new ArrayList<>();
    OPTIONS.values().forEach(option -> names.add(options.get(option)));
    return names;
  }

  /** The priority of what lies in each of them. */
  static Map<String, Priority> priorities(Configuration options) {
    Map<String, Priority> priorities = new HashMap<>();
    OPTIONS.forEach((priority, option) -> priorities.put(options.get(option), priority));
    return Map.copyOf(priorities);
  }
}
