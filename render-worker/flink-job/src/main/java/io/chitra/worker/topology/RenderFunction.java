package io.chitra.worker.topology;

import static java.util.Objects.requireNonNull;

import io.chitra.schemas.Codec;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredSchemas;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.store.PictureStore;
import io.chitra.worker.task.DeadLetters;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.PlannedImage;
import java.time.InstantSource;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * {@link PictureMaker} as Flink's async I/O calls it. One renderer a subtask, from open to close.
 */
final class RenderFunction extends RichAsyncFunction<PlannedImage, OutgoingRecord> {
  private static final long serialVersionUID = 1L;

  private final Configuration options;
  private final RendererFactory renderers;
  private final ObjectStoreFactory stores;

  private transient @Nullable StreamingRuntimeContext context;
  private transient @Nullable Slot slot;
  private transient @Nullable ObjectStore objects;
  private transient @Nullable Renderer renderer;
  private transient PictureMaker maker;

  @SuppressWarnings("NullAway.Init") // open sets the rest
  RenderFunction(Configuration options, RendererFactory renderers, ObjectStoreFactory stores) {
    this.options = options;
    this.renderers = renderers;
    this.stores = stores;
  }

  /** Here comes what {@link #getRuntimeContext} of an asynchronous function keeps back. */
  @Override
  public void setRuntimeContext(RuntimeContext given) {
    super.setRuntimeContext(given);
    context = (StreamingRuntimeContext) given;
  }

  @Override
  public void open(OpenContext unused) {
    Slot taken = Slot.take(requireNonNull(context), options);
    slot = taken;
    ObjectStore store = stores.open(options);
    objects = store;
    StoredSchemas schemas = new StoredSchemas(store);
    schemas.keep(Codec.imageRecords());
    schemas.keep(Codec.deadLetters());
    Renderer opened = renderers.open(taken.applied(options), store);
    renderer = opened;
    RenderMetrics metrics = new RenderMetrics(getRuntimeContext().getMetricGroup());
    metrics.watch(opened::stats);
    maker =
        new PictureMaker(
            opened,
            new PictureStore(store, InstantSource.system()),
            options.get(WorkerOptions.RENDER_TRIES),
            Clients.jobCodec(store),
            new DeadLetters(InstantSource.system()),
            metrics);
  }

  @Override
  public void asyncInvoke(PlannedImage planned, ResultFuture<OutgoingRecord> result) {
    maker
        .make(planned)
        .whenComplete(
            (record, failure) -> {
              if (failure == null) {
                result.complete(List.of(record));
              } else {
                result.completeExceptionally(failure);
              }
            });
  }

  @Override
  public void close() throws Exception {
    IOUtils.closeAll(renderer, objects, slot);
  }
}
