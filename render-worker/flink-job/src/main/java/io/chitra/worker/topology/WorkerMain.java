package io.chitra.worker.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The worker as {@code flink run} starts it:
 *
 * <pre>
 *   flink run chitra-flink-job.jar --chitra.kafka.bootstrap-servers broker:9092 --chitra.s3.bucket pictures
 * </pre>
 */
public final class WorkerMain {

  private WorkerMain() {}

  /**
   * @param args options as {@code --name value} or {@code --name=value}; names of the configuration
   *     reference, and Flink's
   */
  public static void main(String[] args) throws Exception {
    Configuration options = new Configuration(GlobalConfiguration.loadConfiguration());
    options.addAll(WorkerOptions.parse(pairs(args)));
    if (!options.contains(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS)) {
      throw new IllegalArgumentException(
          "Cannot start the worker: --%s is missing, name the brokers as HOST:PORT"
              .formatted(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS.key()));
    }
    Topics.ensure(options);
    Configuration configured = RenderTopology.configure(options);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configured);
    RenderTopology.build(env, configured);
    env.execute();
  }

  static Map<String, String> pairs(String[] args) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (int i = 0; i < args.length; i++) {
      if (!args[i].startsWith("--")) {
        throw new IllegalArgumentException(
            "Cannot read argument '%s': options look like --name value".formatted(args[i]));
      }
      String name = args[i].substring(2);
      int equals = name.indexOf('=');
      if (equals > 0) {
        pairs.put(name.substring(0, equals), name.substring(equals + 1));
      } else if (i + 1 < args.length) {
        pairs.put(name, args[++i]);
      } else {
        throw new IllegalArgumentException("Cannot read option --%s: no value".formatted(name));
      }
    }
    return pairs;
  }
}
