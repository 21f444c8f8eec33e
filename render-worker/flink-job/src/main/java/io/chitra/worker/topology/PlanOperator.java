package io.chitra.worker.topology;

import static java.util.Objects.requireNonNull;

import io.chitra.schemas.Submission;
import io.chitra.store.ModelRepository;
import io.chitra.store.ObjectStore;
import io.chitra.worker.plan.JobPlanner;
import io.chitra.worker.plan.OpenJob;
import io.chitra.worker.plan.OpenJobs;
import io.chitra.worker.plan.Plan;
import io.chitra.worker.plan.PlanCursor;
import io.chitra.worker.plan.Priority;
import io.chitra.worker.task.CancelledRanges;
import io.chitra.worker.task.DeadLetters;
import io.chitra.worker.task.JobMessage;
import io.chitra.worker.task.OutgoingRecord;
import io.chitra.worker.task.PlannedImage;
import io.chitra.worker.task.SteadyClock;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
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
import org.apache.flink.util.IOUtils;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Fans jobs out, one picture a turn; {@link OpenJobs} says whose turn it is. Its state is cursors.
 * A turn is a mail in the task's mailbox and is only taken when the output has room, so the task
 * never blocks: checkpoints pass between any two pictures of a job of a million. While a priority
 * has all the open jobs that it may have, the gate to the source holds its topic.
 *
 * <p>What is cancelled gets no more pictures: in their place, one range says so.
 *
 * <p>Life cycle and thread: Flink's; everything runs in the task's thread.
 */
final class PlanOperator extends AbstractStreamOperator<PlannedImage>
    implements OneInputStreamOperator<JobMessage, PlannedImage> {
  private static final long serialVersionUID = 1L;

  /** The terminal events that plan itself makes: dead letters and cancelled ranges. */
  static final OutputTag<OutgoingRecord> ENDS = new OutputTag<>("ends") {};

  private final transient Configuration options;
  private final transient Parts parts;
  private final transient String topology;
  private final transient TaskMail mail;
  private final transient OpenJobs openJobs;
  private final transient Map<String, Priority> priorities;

  /** Of the open jobs; told to other threads. */
  private final transient AtomicLong waitingPictures = new AtomicLong();

  private final transient CancelledRanges cancelledRanges;

  /** Whose topics the gate holds. */
  private transient Set<Priority> held = Set.of();

  /** Whether a turn is on its way, or waits for room. */
  private transient boolean turning;

  private transient @Nullable ObjectStore objects;
  private transient @Nullable Cancellations cancellations;
  private transient JobPlanner planner;
  private transient ReadAheadGate gate;
  private transient Counter jobs;
  private transient Counter refusedJobs;
  private transient Counter cancelled;
  private transient ListState<PlanCursor> checkpointed;

  @SuppressWarnings("NullAway.Init") // open and initializeState set the rest
  private PlanOperator(
      StreamOperatorParameters<PlannedImage> parameters,
      Configuration options,
      Parts parts,
      String topology,
      TaskMail mail) {
    super(parameters);
    this.options = options;
    this.parts = parts;
    this.cancelledRanges = new CancelledRanges(parts.clock());
    this.topology = topology;
    this.mail = mail;
    this.openJobs = new OpenJobs(options.get(WorkerOptions.PLAN_OPEN_JOBS));
    this.priorities = JobTopics.priorities(options);
  }

  /** Makes the operator where it runs. */
  static final class Factory extends AbstractStreamOperatorFactory<PlannedImage>
      implements OneInputStreamOperatorFactory<JobMessage, PlannedImage> {
    private static final long serialVersionUID = 1L;

    private final Configuration options;
    private final Parts parts;
    private final String topology;

    Factory(Configuration options, Parts parts, String topology) {
      this.options = options;
      this.parts = parts;
      this.topology = topology;
    }

    @Override
    @SuppressWarnings("unchecked") // the operator is of the type that Flink asks for
    public <T extends StreamOperator<PlannedImage>> T createStreamOperator(
        StreamOperatorParameters<PlannedImage> parameters) {
      return (T)
          new PlanOperator(
              parameters, options, parts, topology, new TaskMail(parameters.getMailboxExecutor()));
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
  }

  @Override
  public void open() throws Exception {
    super.open();
    MetricGroup metrics = getMetricGroup().addGroup(RenderMetrics.GROUP);
    jobs = metrics.counter("jobs");
    refusedJobs = metrics.counter("refusedJobs");
    cancelled = metrics.counter("cancelled");
    metrics.<Long, Gauge<Long>>gauge("waitingPictures", waitingPictures::get);
    ObjectStore store = parts.stores().open(options);
    objects = store;
    int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    Cancellations following = Cancellations.open(options, "plan-" + subtask, store);
    cancellations = following;
    ModelRepository models = Clients.models(options, store);
    planner =
        new JobPlanner(
            Clients.jobCodec(store),
            new StoredModelCatalog(
                models, options.get(WorkerOptions.RENDER_TRIES), SteadyClock.STEADY),
            Clients.limits(options),
            options.get(WorkerOptions.LIMIT_JOB_SIZE).getBytes(),
            new DeadLetters(parts.clock()));
    gate = ReadAheadGate.of(topology, subtask);
    gate.hold(Set.of());
    for (PlanCursor cursor : checkpointed.get()) {
      add(planner.reopen(cursor));
    }
    dropCancelled();
    following.follow(() -> mail.send(this::dropCancelled, "drop what is cancelled"));
  }

  @Override
  public void processElement(StreamRecord<JobMessage> element) {
    Plan plan = planner.plan(element.getValue());
    if (plan instanceof Plan.FanOut fanOut) {
      jobs.inc();
      if (isCancelled(fanOut.job())) {
        emitCancelled(fanOut.job());
      } else {
        add(fanOut.job());
      }
    } else if (plan instanceof Plan.Refused refused) {
      refusedJobs.inc();
      output.collect(ENDS, new StreamRecord<>(refused.deadLetter()));
    }
  }

  private void add(OpenJob job) {
    waitingPictures.addAndGet(job.cursor().left());
    openJobs.add(priorities.getOrDefault(job.cursor().topic(), Priority.LOW), job);
    goOn();
  }

  private boolean isCancelled(OpenJob job) {
    PlanCursor cursor = job.cursor();
    return requireNonNull(cancellations)
        .cancels()
        .covers(cursor.topic(), cursor.partition(), cursor.offset(), job.dataset(), job.jobId());
  }

  /** Pictures that are with rendering already are ended there. */
  private void dropCancelled() {
    openJobs.cancel(this::isCancelled);
    goOn();
  }

  /** Holds the topics of what is full, and has a turn come while there is something to do. */
  private void goOn() {
    Set<Priority> full = openJobs.full();
    if (!full.equals(held)) {
      held = full;
      Set<String> topics = new HashSet<>();
      priorities.forEach(
          (topic, priority) -> {
            if (full.contains(priority)) {
              topics.add(topic);
            }
          });
      gate.hold(topics);
    }
    if (!turning && !openJobs.isEmpty()) {
      turning = true;
      mail.send(this::turn, "fan out one picture");
    }
  }

  /** Emits one picture or range if there is room for it, and asks for the next turn. */
  private void turn() {
    Optional<CompletableFuture<?>> room = awaitedRoom();
    if (room.isPresent()) {
      room.get().thenRun(() -> mail.send(this::turn, "fan out one picture"));
      return;
    }
    turning = false;
    emitNext();
    goOn();
  }

  private void emitNext() {
    Optional<OpenJob> dropped = openJobs.nextCancelled();
    if (dropped.isPresent()) {
      waitingPictures.addAndGet(-dropped.get().cursor().left());
      emitCancelled(dropped.get());
      return;
    }
    Optional<PlannedImage> picture = openJobs.next();
    if (picture.isPresent()) {
      waitingPictures.decrementAndGet();
      output.collect(new StreamRecord<>(picture.get()));
    }
  }

  private void emitCancelled(OpenJob job) {
    PlanCursor cursor = job.cursor();
    cancelled.inc(cursor.left());
    OutgoingRecord range =
        cancelledRanges.of(
            new Submission(cursor.topic(), cursor.partition(), cursor.offset()),
            job.dataset(),
            job.jobId(),
            cursor.nextIndex(),
            cursor.left());
    output.collect(ENDS, new StreamRecord<>(range));
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
    while (!openJobs.isEmpty()) {
      emitNext();
    }
    super.finish();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    checkpointed.update(openJobs.cursors());
  }

  @Override
  public void close() throws Exception {
    ReadAheadGate.forget(topology, getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
    IOUtils.closeAll(cancellations, objects);
    super.close();
  }
}
