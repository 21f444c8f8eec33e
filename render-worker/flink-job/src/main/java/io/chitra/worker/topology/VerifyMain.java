package io.chitra.worker.topology;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Verification as {@code flink run} starts it, on the cluster that renders:
 *
 * <pre>
 *   flink run -c io.chitra.worker.topology.VerifyMain chitra-flink-job.jar \
 *       --tasks TOPIC --verdicts TOPIC --chitra.kafka.bootstrap-servers broker:9092 --chitra.s3.bucket pictures
 * </pre>
 *
 * <p>{@code chitra verify --elsewhere} makes the topics, and prints this line.
 */
public final class VerifyMain {

  private VerifyMain() {}

  /**
   * @param args as {@link WorkerMain} takes them, and the names of the two topics
   */
  public static void main(String[] args) throws Exception {
    Map<String, String> pairs = new LinkedHashMap<>(WorkerMain.pairs(args));
    String tasks = required(pairs.remove("tasks"), "--tasks");
    String verdicts = required(pairs.remove("verdicts"), "--verdicts");
    Configuration options = new Configuration(GlobalConfiguration.loadConfiguration());
    options.addAll(WorkerOptions.parse(pairs));
    required(
        options.get(WorkerOptions.KAFKA_BOOTSTRAP_SERVERS),
        "--" + WorkerOptions.KAFKA_BOOTSTRAP_SERVERS.key());
    Configuration configured = VerifyTopology.configure(options);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configured);
    VerifyTopology.build(env, configured, Parts.ofWorker(), tasks, verdicts);
    env.execute();
  }

  private static String required(@Nullable String value, String name) {
    if (value == null) {
      throw new IllegalArgumentException("Cannot verify: %s is missing".formatted(name));
    }
    return value;
  }
}
