package io.chitra.worker.topology;

import io.chitra.schemas.Codec;
import io.chitra.store.ObjectStore;
import io.chitra.worker.record.JobArchive;
import io.chitra.worker.record.JobRow;
import io.chitra.worker.record.OffsetFiles;
import io.chitra.worker.record.RecordFiles;
import io.chitra.worker.record.ResultRow;
import io.chitra.worker.task.SteadyClock;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * {@link OffsetFiles} as Flink calls it. Its state is the rows that no file holds yet. One subtask
 * only, since a partition's rows must come to one place in order.
 */
final class OffsetFilesOperator<R> extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<R, Void> {
  private static final long serialVersionUID = 1L;
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private final Configuration options;
  private final ObjectStoreFactory stores;
  private final Class<R> type;
  private final String state;
  private final KindFactory<R> kinds;

  private transient @Nullable ObjectStore objects;
  private transient OffsetFiles<R> files;
  private transient @Nullable ExecutorService putter;
  private transient ListState<R> checkpointed;

  /** Told to other threads. */
  private transient volatile int waitingRows;

  /** Makes a kind of files where the operator runs; it travels there with the job. */
  @FunctionalInterface
  private interface KindFactory<R> extends Serializable {
    OffsetFiles.Kind<R> open(Configuration options, ObjectStore objects);
  }

  @SuppressWarnings("NullAway.Init") // open and initializeState set the rest
  private OffsetFilesOperator(
      Configuration options,
      ObjectStoreFactory stores,
      Class<R> type,
      String state,
      KindFactory<R> kinds) {
    this.options = options;
    this.stores = stores;
    this.type = type;
    this.state = state;
    this.kinds = kinds;
  }

  /** Of committed results. */
  static OffsetFilesOperator<ResultRow> records(Configuration options, ObjectStoreFactory stores) {
    return new OffsetFilesOperator<>(
        options,
        stores,
        ResultRow.class,
        "record-rows",
        (worker, objects) ->
            new RecordFiles(worker.get(WorkerOptions.TOPIC_RESULTS), Clients.recordCodec(objects)));
  }

  /** Of the records of jobs as they came. */
  static OffsetFilesOperator<JobRow> jobs(Configuration options, ObjectStoreFactory stores) {
    return new OffsetFilesOperator<>(
        options,
        stores,
        JobRow.class,
        "job-rows",
        (worker, objects) -> new JobArchive(Codec.archivedRecords()));
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    checkpointed =
        context.getOperatorStateStore().getListState(new ListStateDescriptor<>(state, type));
  }

  @Override
  public void open() throws Exception {
    super.open();
    ObjectStore store = stores.open(options);
    objects = store;
    ExecutorService thread =
        Executors.newSingleThreadExecutor(new ExecutorThreadFactory("chitra-" + state));
    OffsetFiles.Kind<R> kind = kinds.open(options, store);
    files =
        new OffsetFiles<>(
            store,
            kind,
            new OffsetFiles.Policy(
                options.get(WorkerOptions.RECORDS_MAX_ROWS),
                options.get(WorkerOptions.RECORDS_MAX_SIZE).getBytes(),
                options.get(WorkerOptions.RECORDS_IDLE),
                options.get(WorkerOptions.RECORDS_MAX_AGE)),
            SteadyClock.STEADY,
            thread);
    putter = thread;
    List<R> rows = new ArrayList<>();
    checkpointed.get().forEach(rows::add);
    rows.sort(Comparator.comparingLong(row -> kind.place(row).offset()));
    rows.forEach(files::accept);
    getProcessingTimeService()
        .scheduleWithFixedDelay(
            time -> {
              files.putDue();
              waitingRows = files.pending().size();
            },
            LOOK_EVERY.toMillis(),
            LOOK_EVERY.toMillis());
    getMetricGroup()
        .addGroup(RenderMetrics.GROUP)
        .<Integer, Gauge<Integer>>gauge("waitingRows", () -> waitingRows);
  }

  @Override
  public void processElement(StreamRecord<R> element) {
    files.accept(element.getValue());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    checkpointed.update(files.pending());
  }

  @Override
  public void close() throws Exception {
    if (putter != null) {
      files.awaitPuts();
      putter.shutdown();
    }
    if (objects != null) {
      objects.close();
    }
    super.close();
  }
}
