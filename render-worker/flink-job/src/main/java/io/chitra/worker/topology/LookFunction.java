package io.chitra.worker.topology;

import io.chitra.dataset.look.GateSettings;
import io.chitra.dataset.plan.Workbench;
import io.chitra.dataset.target.Target;
import io.chitra.store.ObjectStore;
import io.chitra.worker.export.DamagedPictureException;
import io.chitra.worker.export.PieceLooker;
import io.chitra.worker.look.LookException;
import io.chitra.worker.look.Looker;
import java.util.Objects;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** {@link PieceLooker} as Flink calls it, a piece of rows an element. */
final class LookFunction extends ProcessFunction<Long, Void> {
  private static final long serialVersionUID = 1L;

  private final Configuration options;
  private final ObjectStoreFactory stores;

  private transient @Nullable ObjectStore objects;
  private transient @Nullable Target target;
  private transient @Nullable Looker looker;
  private transient PieceLooker pieces;
  private transient LongCounter pictures;
  private transient LongCounter bytes;

  @SuppressWarnings("NullAway.Init") // open sets the rest
  LookFunction(Configuration options, ObjectStoreFactory stores) {
    this.options = options;
    this.stores = stores;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    pictures = new LongCounter();
    bytes = new LongCounter();
    getRuntimeContext().addAccumulator(ExportTopology.PICTURES, pictures);
    getRuntimeContext().addAccumulator(ExportTopology.BYTES, bytes);
    ObjectStore opened = stores.open(options);
    objects = opened;
    Target to = Clients.target(options);
    target = to;
    Workbench bench = new Workbench(to);
    GateSettings gates = Objects.requireNonNull(bench.pieces().orElseThrow().request().gates());
    try {
      looker = Looker.open(gates, threads());
    } catch (LookException e) {
      throw new SuppressRestartsException(e);
    }
    pieces =
        new PieceLooker(
            opened, bench, looker, Clients.exportWindow(options), Clients.exportFolder(options));
  }

  /** As many as a renderer has. */
  private int threads() {
    int threads = options.get(WorkerOptions.RENDER_THREADS);
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }

  @Override
  public void processElement(Long piece, Context context, Collector<Void> out) throws Exception {
    try {
      pieces.look(
          Math.toIntExact(piece),
          (count, length) -> {
            pictures.add(count);
            bytes.add(length);
          });
    } catch (DamagedPictureException e) {
      throw new SuppressRestartsException(e);
    }
  }

  @Override
  public void close() {
    if (looker != null) {
      looker.close();
    }
    if (target != null) {
      target.close();
    }
    if (objects != null) {
      objects.close();
    }
  }
}
