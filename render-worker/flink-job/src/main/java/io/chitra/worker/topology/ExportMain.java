package io.chitra.worker.topology;

import io.chitra.worker.topology.ExportTopology.Stage;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The heavy part of an export on a Flink cluster, for what {@code chitra export --plan-only} has
 * planned:
 *
 * <pre>
 *   flink run -c io.chitra.worker.topology.ExportMain chitra-flink-job.jar \
 *     --chitra.s3.bucket pictures --chitra.export.target s3://datasets/birds
 * </pre>
 *
 * It looks at the pictures where gates were asked for and no plan is there yet, and packs the
 * planned shards otherwise; {@code chitra export} goes on where it ends.
 */
public final class ExportMain {

  private ExportMain() {}

  /**
   * @param args options as {@code --name value} or {@code --name=value}; names of the configuration
   *     reference, and Flink's
   */
  public static void main(String[] args) throws Exception {
    Configuration options = new Configuration(GlobalConfiguration.loadConfiguration());
    options.addAll(WorkerOptions.parse(WorkerMain.pairs(args)));
    if (!options.contains(WorkerOptions.EXPORT_TARGET)) {
      throw new IllegalArgumentException(
          "Cannot export: --%s is missing, name a folder that all workers see, or s3://BUCKET/PREFIX"
              .formatted(WorkerOptions.EXPORT_TARGET.key()));
    }
    Stage stage =
        ExportTopology.next(options)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Cannot export to %s: there is no plan; chitra export --plan-only makes one"
                            .formatted(options.get(WorkerOptions.EXPORT_TARGET))));
    Configuration configured = ExportTopology.configure(options);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configured);
    ExportTopology.build(env, configured, stage);
    env.execute();
  }
}
