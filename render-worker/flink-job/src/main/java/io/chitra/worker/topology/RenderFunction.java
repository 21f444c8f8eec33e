package io.chitra.worker.topology;

import static java.util.Objects.requireNonNull;

import io.chitra.schemas.Codec;
import io.chitra.store.ConditionalPuts;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredSchemas;
import io.chitra.worker.attempt.AttemptJournal;
import io.chitra.worker.attempt.Runner;
import io.chitra.worker.render.Renderer;
import io.chitra.worker.store.PictureStore;
import io.chitra.worker.task.CancelledRanges;
import io.chitra.worker.task.DeadLetters;
import io.chitra.worker.task.LoggedPrompts;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.PlannedImage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import org.apache.flink.util.IOUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link PictureMaker} as Flink's async I/O calls it, with {@link AttemptJournal} before it. One
 * renderer a subtask, from open to close. It has no state of its own; checkpoints tell the journal
 * how far the worker has come.
 */
final class RenderFunction extends RichAsyncFunction<PlannedImage, OutgoingRecord>
    implements CheckpointedFunction, CheckpointListener {
  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(RenderFunction.class);
  private static final Duration CLOSING = Duration.ofSeconds(10);

  private final Configuration options;
  private final Parts parts;
  private final AttemptNotes.Factory factory;
  private final CancelFeed.Factory feeds;
  private final String topology;

  private transient @Nullable StreamingRuntimeContext context;
  private transient @Nullable Slot slot;
  private transient @Nullable ObjectStore objects;
  private transient @Nullable CancelFeed cancellations;
  private transient @Nullable CompletableFuture<ConditionalPuts> probe;
  private transient @Nullable Renderer renderer;
  private transient @Nullable AttemptNotes notes;
  private transient @Nullable AttemptJournal attempts;
  private transient PictureMaker maker;
  private transient RunningPictures pictures;
  private transient volatile boolean closing;

  @SuppressWarnings("NullAway.Init") // open sets the rest
  RenderFunction(
      Configuration options,
      Parts parts,
      AttemptNotes.Factory factory,
      CancelFeed.Factory feeds,
      String topology) {
    this.options = options;
    this.parts = parts;
    this.factory = factory;
    this.feeds = feeds;
    this.topology = topology;
  }

  /** Here comes what {@link #getRuntimeContext} of an asynchronous function keeps back. */
  @Override
  public void setRuntimeContext(RuntimeContext given) {
    super.setRuntimeContext(given);
    context = (StreamingRuntimeContext) given;
  }

  @Override
  public void open(OpenContext unused) throws IOException {
    Slot taken = Slot.take(requireNonNull(context), options);
    slot = taken;
    ObjectStore store = parts.stores().open(options);
    objects = store;
    StoreProbe.warnOfPlaintext(options);
    CompletableFuture<ConditionalPuts> probed = StoreProbe.conditionalPuts(store);
    probe = probed;
    StoredSchemas schemas = new StoredSchemas(store);
    schemas.keep(Codec.imageRecords());
    schemas.keep(Codec.deadLetters());
    schemas.keep(Codec.cancelledRanges());
    Renderer opened = parts.renderers().open(taken.applied(options), store);
    renderer = opened;
    RenderMetrics metrics = new RenderMetrics(getRuntimeContext().getMetricGroup());
    metrics.watch(opened::stats);
    maker =
        new PictureMaker(
            opened,
            new PictureStore(store, parts.clock(), probed),
            options.get(WorkerOptions.RENDER_TRIES),
            Clients.jobCodec(store),
            new DeadLetters(parts.clock()),
            options.get(WorkerOptions.LOG_PROMPTS) ? LoggedPrompts.PLAIN : LoggedPrompts.HASHED,
            metrics);
    int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    CancelFeed following = feeds.open(options, "render-" + subtask, store);
    cancellations = following;
    pictures =
        new RunningPictures(
            following::cancels,
            maker::make,
            Clients.jobCodec(store),
            new CancelledRanges(parts.clock()),
            metrics);
    following.follow(pictures::stopCancelled);
    attempts = openAttempts(metrics);
  }

  private AttemptJournal openAttempts(RenderMetrics metrics) throws IOException {
    AttemptNotes opened = factory.open(options);
    notes = opened;
    String start = start();
    AttemptJournal journal =
        new AttemptJournal(Runner.here(start), opened.found(), opened, AloneLocks.of(start));
    metrics.watchSuspects(journal::suspectsInHand);
    return journal;
  }

  /** Names this start of all render tasks. */
  private String start() {
    return topology + "#" + getRuntimeContext().getTaskInfo().getAttemptNumber();
  }

  @Override
  public void asyncInvoke(PlannedImage planned, ResultFuture<OutgoingRecord> result) {
    requireNonNull(attempts)
        .run(planned, () -> pictures.make(planned), killed -> maker.giveUp(planned, killed))
        .whenComplete(
            (record, failure) -> {
              if (failure == null) {
                result.complete(List.of(record));
              } else if (!closing) {
                InHand.fail(result, failure);
              }
            });
  }

  @Override
  public void initializeState(FunctionInitializationContext unused) {}

  @Override
  public void snapshotState(FunctionSnapshotContext snapshot) {
    requireNonNull(attempts).checkpointBegins(snapshot.getCheckpointId());
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) {
    requireNonNull(attempts).checkpointCompleted(checkpoint);
  }

  /**
   * The renderer first: as long as it works, what is in hand may kill. Pictures that are in flight
   * now break off. After a stop with a savepoint they are in that savepoint, and a failure of
   * theirs would be taken for the stop's.
   */
  @Override
  public void close() throws Exception {
    closing = true;
    AloneLocks.forget(start());
    IOUtils.closeAll(cancellations, renderer, attempts, notes, this::awaitProbe, objects, slot);
  }

  /** A store is not closed while it is asked something. */
  private void awaitProbe() throws InterruptedException {
    if (probe != null) {
      try {
        probe.get(CLOSING.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("The probe of the store has failed", e);
      }
    }
  }
}
