package io.chitra.worker.topology;

import io.chitra.dataset.plan.NotPinnedException;
import io.chitra.dataset.plan.Workbench;
import io.chitra.dataset.target.Target;
import io.chitra.store.ObjectStore;
import io.chitra.worker.export.DamagedPictureException;
import io.chitra.worker.export.ShardPacker;
import java.io.IOException;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * A part of an export as Flink calls it, a piece of the dataset an element: counts what is done,
 * and fails for good where trying again is no use.
 */
abstract class ExportFunction extends ProcessFunction<Long, Void> {
  private static final long serialVersionUID = 1L;

  private final Configuration options;
  private final ObjectStoreFactory stores;

  private transient @Nullable ObjectStore objects;
  private transient @Nullable Target target;
  private transient LongCounter pictures;
  private transient LongCounter bytes;

  @SuppressWarnings("NullAway.Init") // open sets the rest
  ExportFunction(Configuration options, ObjectStoreFactory stores) {
    this.options = options;
    this.stores = stores;
  }

  @Override
  public final void open(OpenContext context) throws Exception {
    pictures = new LongCounter();
    bytes = new LongCounter();
    getRuntimeContext().addAccumulator(ExportTopology.PICTURES, pictures);
    getRuntimeContext().addAccumulator(ExportTopology.BYTES, bytes);
    ObjectStore opened = stores.open(options);
    objects = opened;
    Target to = Clients.target(options);
    target = to;
    open(options, opened, to, Workbench.open(to).orElseThrow(ExportFunction::ended));
  }

  /** Trying again would not bring it back. */
  private static RuntimeException ended() {
    return new SuppressRestartsException(
        new IOException("Cannot go on with the export: it has ended meanwhile"));
  }

  /** Opens what the part needs besides; store and target stay the caller's. */
  abstract void open(Configuration options, ObjectStore objects, Target target, Workbench bench)
      throws Exception;

  @Override
  public final void processElement(Long number, Context context, Collector<Void> out)
      throws Exception {
    try {
      process(
          Math.toIntExact(number),
          (count, length) -> {
            pictures.add(count);
            bytes.add(length);
          });
    } catch (DamagedPictureException | NotPinnedException e) {
      throw new SuppressRestartsException(e);
    }
  }

  /** Does a piece. */
  abstract void process(int number, ShardPacker.Listener listener) throws Exception;

  @Override
  public void close() {
    if (target != null) {
      target.close();
    }
    if (objects != null) {
      objects.close();
    }
  }
}
