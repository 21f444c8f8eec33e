package io.chitra.worker.topology;

import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.worker.plan.JobPlanner;
import io.chitra.worker.plan.Plan;
import io.chitra.worker.plan.PlanCursor;
import io.chitra.worker.task.DeadLetters;
import io.chitra.worker.task.JobMessage;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.PlannedImage;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.io.AvailabilityProvider;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Fans jobs out, one picture a turn. Its state is cursors. A turn is a mail in the task's mailbox
 * and is only taken when the output has room, so the task never blocks: checkpoints pass between
 * any two pictures of a job of a million. While there are cursors, the gate to the source is
 * closed.
 *
 * <p>Life cycle and thread: Flink's; everything runs in the task's thread.
 */
final class PlanOperator extends AbstractStreamOperator<PlannedImage>
    implements OneInputStreamOperator<JobMessage, PlannedImage> {
  private static final long serialVersionUID = 1L;

  static final OutputTag<OutgoingRecord> DEAD_LETTERS = new OutputTag<>("dead-letters") {};

  private final transient Configuration options;
  private final transient ObjectStoreFactory stores;
  private final transient String topology;
  private final transient MailboxExecutor mailbox;
  private final transient Deque<PlanCursor> cursors = new ArrayDeque<>();

  /** Of the cursors; told to other threads. */
  private final transient AtomicLong waitingPictures = new AtomicLong();

  private transient @Nullable ObjectStore objects;
  private transient JobPlanner planner;
  private transient ReadAheadGate gate;
  private transient Counter jobs;
  private transient Counter refusedJobs;
  private transient ListState<PlanCursor> checkpointed;

  @SuppressWarnings("NullAway.Init") // open and initializeState set the rest
  private PlanOperator(
      StreamOperatorParameters<PlannedImage> parameters,
      Configuration options,
      ObjectStoreFactory stores,
      String topology,
      MailboxExecutor mailbox) {
    super(parameters);
    this.options = options;
    this.stores = stores;
    this.topology = topology;
    this.mailbox = mailbox;
  }

  /** Makes the operator where it runs. */
  static final class Factory extends AbstractStreamOperatorFactory<PlannedImage>
      implements OneInputStreamOperatorFactory<JobMessage, PlannedImage> {
    private static final long serialVersionUID = 1L;

    private final Configuration options;
    private final ObjectStoreFactory stores;
    private final String topology;

    Factory(Configuration options, ObjectStoreFactory stores, String topology) {
      this.options = options;
      this.stores = stores;
      this.topology = topology;
    }

    @Override
    @SuppressWarnings("unchecked") // the operator is of the type that Flink asks for
    public <T extends StreamOperator<PlannedImage>> T createStreamOperator(
        StreamOperatorParameters<PlannedImage> parameters) {
      return (T)
          new PlanOperator(parameters, options, stores, topology, parameters.getMailboxExecutor());
    }

    @Override
    @SuppressWarnings("rawtypes") // as in the method that it overrides
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
      return PlanOperator.class;
    }
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    checkpointed =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("plan-cursors", PlanCursor.class));
    for (PlanCursor cursor : checkpointed.get()) {
      add(cursor);
    }
  }

  private void add(PlanCursor cursor) {
    cursors.add(cursor);
    waitingPictures.addAndGet(cursor.left());
  }

  @Override
  public void open() throws Exception {
    super.open();
    MetricGroup metrics = getMetricGroup().addGroup(RenderMetrics.GROUP);
    jobs = metrics.counter("jobs");
    refusedJobs = metrics.counter("refusedJobs");
    metrics.<Long, Gauge<Long>>gauge("waitingPictures", waitingPictures::get);
    ObjectStore store = stores.open(options);
    objects = store;
    ModelRepository models = Clients.models(options, store);
    planner =
        new JobPlanner(
            Clients.jobCodec(store),
            new StoredModelCatalog(
                models, options.get(WorkerOptions.RENDER_TRIES), InstantSource.system()),
            Clients.limits(options),
            options.get(WorkerOptions.LIMIT_JOB_SIZE).getBytes(),
            new DeadLetters(InstantSource.system()));
    gate = ReadAheadGate.of(topology, getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
    gate.open();
    if (!cursors.isEmpty()) {
      startTurns();
    }
  }

  @Override
  public void processElement(StreamRecord<JobMessage> element) {
    Plan plan = planner.plan(element.getValue());
    if (plan instanceof Plan.FanOut fanOut) {
      boolean idle = cursors.isEmpty();
      jobs.inc();
      add(fanOut.cursor());
      if (idle) {
        startTurns();
      }
    } else if (plan instanceof Plan.Refused refused) {
      refusedJobs.inc();
      output.collect(DEAD_LETTERS, new StreamRecord<>(refused.deadLetter()));
    }
  }

  private void startTurns() {
    gate.close();
    mailbox.execute(this::turn, "fan out one picture");
  }

  /** Emits one picture if there is room for it, and asks for the next turn. */
  private void turn() {
    Optional<CompletableFuture<?>> room = awaitedRoom();
    if (room.isPresent()) {
      room.get().thenRun(() -> mailbox.execute(this::turn, "fan out one picture"));
      return;
    }
    emitNext();
    if (cursors.isEmpty()) {
      gate.open();
    } else {
      mailbox.execute(this::turn, "fan out one picture");
    }
  }

  private void emitNext() {
    PlanCursor cursor = cursors.remove();
    if (cursor.hasMore()) {
      cursors.addFirst(cursor.advanced());
    }
    waitingPictures.decrementAndGet();
    output.collect(new StreamRecord<>(cursor.next()));
  }

  /** Done when an output that is full now has room again; empty when all have room. */
  private Optional<CompletableFuture<?>> awaitedRoom() {
    for (AvailabilityProvider writer : getContainingTask().getEnvironment().getAllWriters()) {
      CompletableFuture<?> available = writer.getAvailableFuture();
      if (!available.isDone()) {
        return Optional.of(available);
      }
    }
    return Optional.empty();
  }

  /** The end of all input (a drain): whatever is still to be fanned out goes now. */
  @Override
  public void finish() throws Exception {
    while (!cursors.isEmpty()) {
      emitNext();
    }
    super.finish();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    checkpointed.update(List.copyOf(cursors));
  }

  @Override
  public void close() throws Exception {
    ReadAheadGate.forget(topology, getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
    if (objects != null) {
      objects.close();
    }
    super.close();
  }
}
