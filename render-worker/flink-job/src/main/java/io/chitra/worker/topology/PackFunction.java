package io.chitra.worker.topology;

import io.chitra.dataset.plan.Plan;
import io.chitra.dataset.plan.PlannedShard;
import io.chitra.dataset.plan.Workbench;
import io.chitra.dataset.target.Target;
import io.chitra.store.ObjectStore;
import io.chitra.worker.export.DamagedPictureException;
import io.chitra.worker.export.ShardPacker;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** {@link ShardPacker} as Flink calls it, a shard an element. */
final class PackFunction extends ProcessFunction<Long, Void> {
  private static final long serialVersionUID = 1L;

  private final Configuration options;
  private final ObjectStoreFactory stores;

  private transient @Nullable ObjectStore objects;
  private transient @Nullable Target target;
  private transient Plan plan;
  private transient ShardPacker packer;
  private transient LongCounter pictures;
  private transient LongCounter bytes;

  @SuppressWarnings("NullAway.Init") // open sets the rest
  PackFunction(Configuration options, ObjectStoreFactory stores) {
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
    plan = bench.plan().orElseThrow();
    packer =
        new ShardPacker(
            opened,
            to,
            plan.settings(),
            Clients.masks(options, opened),
            Clients.exportWindow(options),
            Clients.exportFolder(options));
  }

  @Override
  public void processElement(Long shard, Context context, Collector<Void> out) throws Exception {
    PlannedShard planned = plan.shards().get(Math.toIntExact(shard));
    try {
      packer.pack(
          planned,
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
    if (target != null) {
      target.close();
    }
    if (objects != null) {
      objects.close();
    }
  }
}
