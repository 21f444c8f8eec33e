package io.chitra.worker.topology;

import io.chitra.dataset.plan.Plan;
import io.chitra.dataset.plan.Workbench;
import io.chitra.dataset.target.Target;
import io.chitra.store.ObjectStore;
import io.chitra.worker.export.ShardPacker;
import java.io.IOException;
import org.apache.flink.configuration.Configuration;

/** {@link ShardPacker} as Flink calls it, a shard an element. */
final class PackFunction extends ExportFunction {
  private static final long serialVersionUID = 1L;

  private transient Plan plan;
  private transient ShardPacker packer;

  @SuppressWarnings("NullAway.Init") // open sets the rest
  PackFunction(Configuration options, ObjectStoreFactory stores) {
    super(options, stores);
  }

  @Override
  void open(Configuration options, ObjectStore objects, Target target, Workbench bench)
      throws IOException {
    plan = bench.plan().orElseThrow();
    packer =
        new ShardPacker(
            objects,
            target,
            bench,
            plan.settings(),
            Clients.masks(options, objects),
            Clients.exportWindow(options),
            Clients.exportFolder(options));
  }

  @Override
  void process(int shard, ShardPacker.Listener listener) throws Exception {
    packer.pack(plan.shards().get(shard), listener);
  }
}
