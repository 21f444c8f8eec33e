package io.chitra.worker.topology;

import io.chitra.dataset.plan.Workbench;
import io.chitra.dataset.target.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The bounded job of an export, one element a shard:
 *
 * <pre>
 *   numbers of shards ─► pack: fetch, check, change, write, put ─► nothing
 * </pre>
 *
 * <p>Before the plan, where somebody is to look at the pictures, likewise over pieces of rows. What
 * a task has done is told by a file beside the dataset, so the job has no state: a task that starts
 * again, or another job, passes over it.
 */
public final class ExportTopology {

  /** Name of the accumulator that counts pictures. */
  public static final String PICTURES = "pictures";

  /** Name of the accumulator that counts their bytes, as they are stored. */
  public static final String BYTES = "bytes";

  private static final int TRIES = 10;

  private ExportTopology() {}

  /** What an export does on a cluster. */
  public enum Stage {
    /** Looks at every picture, for the gates. */
    LOOK,
    /** Packs the planned shards. */
    PACK
  }

  /**
   * What is to be done next at a target; empty when that is nothing for a cluster.
   *
   * @param options of a worker, with a target
   */
  public static Optional<Stage> next(Configuration options) throws IOException {
    try (Target target = Clients.target(options)) {
      Optional<Workbench> bench = Workbench.open(target);
      if (bench.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(bench.get().plan().isPresent() ? Stage.PACK : Stage.LOOK);
    }
  }

  /** The options with what the job needs of Flink. */
  public static Configuration configure(Configuration options) {
    Configuration configured = new Configuration(options);
    configured.set(PipelineOptions.NAME, "chitra-export");
    configured.set(PipelineOptions.GENERIC_TYPES, false);
    configured.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ZERO);
    configured.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    configured.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofSeconds(1));
    configured.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(30));
    configured.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, TRIES);
    return configured;
  }

  /**
   * Adds the job to an environment that was made with {@link #configure}d options.
   *
   * @throws IllegalStateException when there is nothing to do of this kind
   */
  public static void build(StreamExecutionEnvironment env, Configuration options, Stage stage)
      throws IOException {
    ObjectStoreFactory stores = ObjectStoreFactory.s3();
    ProcessFunction<Long, Void> function =
        switch (stage) {
          case LOOK -> new LookFunction(options, stores);
          case PACK -> new PackFunction(options, stores);
        };
    env.fromSequence(0, elements(options, stage) - 1)
        .setParallelism(1)
        .name("numbers")
        .rebalance()
        .process(function)
        .returns(Types.VOID)
        .name(stage == Stage.LOOK ? "look" : "pack")
        .sinkTo(new DiscardingSink<>())
        .name("done");
  }

  private static long elements(Configuration options, Stage stage) throws IOException {
    try (Target target = Clients.target(options)) {
      Workbench bench = Workbench.open(target).orElseThrow(ExportTopology::nothing);
      return switch (stage) {
        case LOOK -> bench.pieces().orElseThrow(ExportTopology::nothing).count();
        case PACK -> bench.plan().orElseThrow(ExportTopology::nothing).shards().size();
      };
    }
  }

  private static IllegalStateException nothing() {
    return new IllegalStateException(
        "Cannot go on with the export: there is no plan at the target; chitra export makes one");
  }
}
