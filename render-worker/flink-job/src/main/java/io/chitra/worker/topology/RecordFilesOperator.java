package io.chitra.worker.topology;

import io.chitra.store.ObjectStore;
import io.chitra.worker.record.RecordFiles;
import io.chitra.worker.record.ResultRow;
import io.chitra.worker.task.SteadyClock;
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
 * {@link RecordFiles} as Flink calls it. Its state is the rows that no file holds yet. One subtask
 * only, since a partition's rows must come to one place in order.
 */
final class RecordFilesOperator extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<ResultRow, Void> {
  private static final long serialVersionUID = 1L;
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private final Configuration options;
  private final ObjectStoreFactory stores;

  private transient @Nullable ObjectStore objects;
  private transient RecordFiles files;
  private transient @Nullable ExecutorService putter;
  private transient ListState<ResultRow> checkpointed;

  /** Told to other threads. */
  private transient volatile int waitingRows;

  @SuppressWarnings("NullAway.Init") // open and initializeState set the rest
  RecordFilesOperator(Configuration options, ObjectStoreFactory stores) {
    this.options = options;
    this.stores = stores;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    checkpointed =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("record-rows", ResultRow.class));
  }

  @Override
  public void open() throws Exception {
    super.open();
    ObjectStore store = stores.open(options);
    objects = store;
    ExecutorService thread =
        Executors.newSingleThreadExecutor(new ExecutorThreadFactory("chitra-record-files"));
    files =
        new RecordFiles(
            store,
            options.get(WorkerOptions.TOPIC_RESULTS),
            Clients.recordCodec(store),
            new RecordFiles.Policy(
                options.get(WorkerOptions.RECORDS_MAX_ROWS),
                options.get(WorkerOptions.RECORDS_IDLE),
                options.get(WorkerOptions.RECORDS_MAX_AGE)),
            SteadyClock.STEADY,
            thread);
    putter = thread;
    List<ResultRow> rows = new ArrayList<>();
    checkpointed.get().forEach(rows::add);
    rows.sort(Comparator.comparingInt(ResultRow::partition).thenComparingLong(ResultRow::offset));
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
  public void processElement(StreamRecord<ResultRow> element) {
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
