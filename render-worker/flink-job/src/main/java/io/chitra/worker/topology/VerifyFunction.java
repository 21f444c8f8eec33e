package io.chitra.worker.topology;

import static java.util.Objects.requireNonNull;

import io.chitra.dataset.compare.VerifyTask;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredSchemas;
import io.chitra.worker.render.Renderer;
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
 * {@link PictureVerifier} as Flink's async I/O calls it: pictures in, verdicts as JSON out. One
 * renderer a subtask, from open to close; no state.
 */
final class VerifyFunction extends RichAsyncFunction<VerifyTask, byte[]> {
  private static final long serialVersionUID = 1L;

  private final Configuration options;
  private final RendererFactory renderers;
  private final ObjectStoreFactory stores;

  private transient @Nullable StreamingRuntimeContext context;
  private transient @Nullable Slot slot;
  private transient @Nullable ObjectStore objects;
  private transient @Nullable Renderer renderer;
  private transient PictureVerifier verifier;

  @SuppressWarnings("NullAway.Init") // open sets the rest
  VerifyFunction(Configuration options, Parts parts) {
    this.options = options;
    this.renderers = parts.renderers();
    this.stores = parts.stores();
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
    ObjectStore store = new ReadOnlyStore(stores.open(options));
    objects = store;
    Renderer opened = renderers.open(taken.applied(options), store);
    renderer = opened;
    verifier = verifier(options, opened, store);
  }

  static PictureVerifier verifier(Configuration options, Renderer renderer, ObjectStore store) {
    StoredSchemas schemas = new StoredSchemas(store);
    return new PictureVerifier(
        renderer,
        store,
        new StoredModelCatalog(
            Clients.models(options, store),
            options.get(WorkerOptions.RENDER_TRIES),
            InstantSource.system()),
        Clients.limits(options),
        Codec.renderJobs().withSchemas(schemas),
        Codec.imageRecords().withSchemas(schemas));
  }

  @Override
  public void asyncInvoke(VerifyTask task, ResultFuture<byte[]> result) throws BadRecordException {
    verifier
        .verify(task)
        .whenComplete(
            (verified, failure) -> {
              if (failure == null) {
                result.complete(List.of(verified.verdict().toJson()));
              } else {
                InHand.fail(result, failure);
              }
            });
  }

  @Override
  public void close() throws Exception {
    IOUtils.closeAll(renderer, objects, slot);
  }
}
