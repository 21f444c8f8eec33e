package io.chitra.faults;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.chitra.embedded.WorkerJob;
import io.chitra.worker.topology.CommitListener;
import io.chitra.worker.topology.ObjectStoreFactory;
import io.chitra.worker.topology.Parts;
import io.chitra.worker.topology.RenderTopology;
import io.chitra.worker.topology.RendererFactory;
import java.io.IOException;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The worker with traps at its {@link Point}s. */
abstract class TrappedWorker implements WorkerJob {

  static final ConfigOption<String> TRAPS = key("faults.traps").stringType().noDefaultValue();
  static final ConfigOption<Long> MILLIS = key("faults.millis").longType().defaultValue(20L);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
  private static final Duration QUIET = Duration.ofSeconds(20);

  /** What renders. */
  abstract RendererFactory renderers(Parts worker);

  /** Who is killed all the time does not wait longer each time. */
  @Override
  public Configuration configure(Configuration options) throws IOException {
    Configuration configured = WorkerJob.super.configure(options);
    configured.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, LONGEST_WAIT);
    configured.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD, QUIET);
    return configured;
  }

  @Override
  public void build(StreamExecutionEnvironment env, Configuration options) {
    Traps traps = new Traps(options.get(TRAPS));
    traps.pass(Point.START);
    Parts worker = Parts.ofWorker();
    RendererFactory renderers = renderers(worker);
    ObjectStoreFactory stores = worker.stores();
    RenderTopology.build(
        env,
        options,
        worker
            .withRenderers(
                (given, objects) -> {
                  traps.pass(Point.RESTORE);
                  return renderers.open(given, objects);
                })
            .withStores(given -> new TrappedStore(stores.open(given), traps))
            .withCommits(new TrappedCommits(traps)));
  }

  private record TrappedCommits(Traps traps) implements CommitListener {

    @Override
    public void beforeCommit() {
      traps.pass(Point.BEFORE_COMMIT);
      traps.pass(Point.LATE_COMMIT);
    }

    @Override
    public void afterCommit() {
      traps.pass(Point.AFTER_COMMIT);
    }
  }

  /** Renders stubs. */
  public static final class Stubs extends TrappedWorker {
    @Override
    RendererFactory renderers(Parts worker) {
      return (options, objects) -> new StubPictures(options.get(MILLIS));
    }
  }

  /** Renders pictures. */
  public static final class Pictures extends TrappedWorker {
    @Override
    RendererFactory renderers(Parts worker) {
      return worker.renderers();
    }
  }
}
