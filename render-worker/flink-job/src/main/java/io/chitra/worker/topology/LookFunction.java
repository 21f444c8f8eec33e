package io.chitra.worker.topology;

import static java.util.Objects.requireNonNull;

import io.chitra.dataset.look.GateSettings;
import io.chitra.dataset.plan.Workbench;
import io.chitra.dataset.target.Target;
import io.chitra.store.ObjectStore;
import io.chitra.worker.export.PieceLooker;
import io.chitra.worker.export.ShardPacker;
import io.chitra.worker.look.LookException;
import io.chitra.worker.look.Looker;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;

/** {@link PieceLooker} as Flink calls it, a piece of rows an element. */
final class LookFunction extends ExportFunction {
  private static final long serialVersionUID = 1L;

  private transient @Nullable Looker looker;
  private transient PieceLooker pieces;

  @SuppressWarnings("NullAway.Init") // open sets the rest
  LookFunction(Configuration options, ObjectStoreFactory stores) {
    super(options, stores);
  }

  @Override
  void open(Configuration options, ObjectStore objects, Target target, Workbench bench)
      throws Exception {
    GateSettings gates = requireNonNull(bench.pieces().orElseThrow().request().gates());
    try {
      looker = Looker.open(gates, threads(options));
    } catch (LookException e) {
      throw new SuppressRestartsException(e);
    }
    pieces =
        new PieceLooker(
            objects, bench, looker, Clients.exportWindow(options), Clients.exportFolder(options));
  }

  /** As many as a renderer has. */
  private static int threads(Configuration options) {
    int threads = options.get(WorkerOptions.RENDER_THREADS);
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  @Override
  void process(int piece, ShardPacker.Listener listener) throws Exception {
    pieces.look(piece, listener);
  }

  @Override
  public void close() {
    if (looker != null) {
      looker.close();
    }
    super.close();
  }
}
