package io.chitra.worker.topology;

import io.chitra.schemas.Codec;
import io.chitra.schemas.WorkerBeat;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredSchemas;
import io.chitra.worker.summary.SummaryRecord;
import io.chitra.worker.summary.Sums;
import io.chitra.worker.summary.TopicRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * {@link Sums} as Flink calls them, and the worker's beat. Sums are absolute and replace each other
 * by their keys, so they may be written more than once: what was written after a checkpoint is
 * written again after a restart. One subtask only.
 */
final class SummaryOperator extends AbstractStreamOperator<SummaryRecord>
    implements OneInputStreamOperator<TopicRow, SummaryRecord> {
  private static final long serialVersionUID = 1L;

  private static final Duration FLUSH_EVERY = Duration.ofSeconds(1);
  private static final Duration BEAT_EVERY = Duration.ofSeconds(5);

  private final Configuration options;
  private final Parts parts;

  private transient @Nullable ObjectStore objects;
  private transient Sums sums;
  private transient ListState<byte[]> begun;
  private transient ListState<byte[]> waiting;

  @SuppressWarnings("NullAway.Init") // open and initializeState set the rest
  SummaryOperator(Configuration options, Parts parts) {
    this.options = options;
    this.parts = parts;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    begun =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("summary-begun", byte[].class));
    waiting =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("summary-waiting", byte[].class));
  }

  @Override
  public void open() throws Exception {
    super.open();
    ObjectStore store = parts.stores().open(options);
    objects = store;
    StoredSchemas schemas = new StoredSchemas(store);
    schemas.keep(Codec.summaries());
    sums =
        new Sums(
            new Sums.Codecs(
                Codec.renderJobs().withSchemas(schemas),
                Codec.pictureEntries().withSchemas(schemas),
                Codec.deadLetters().withSchemas(schemas),
                Codec.cancelledRanges().withSchemas(schemas)));
    sums.restore(begun.get(), waiting.get());
    getProcessingTimeService()
        .scheduleWithFixedDelay(time -> flush(), FLUSH_EVERY.toMillis(), FLUSH_EVERY.toMillis());
    getProcessingTimeService().scheduleWithFixedDelay(time -> beat(), 0, BEAT_EVERY.toMillis());
  }

  @Override
  public void processElement(StreamRecord<TopicRow> element) {
    TopicRow row = element.getValue();
    sums.add(kind(row.topic()), row);
  }

  private Sums.Kind kind(String topic) {
    if (topic.equals(options.get(WorkerOptions.TOPIC_RESULTS))) {
      return Sums.Kind.RESULT;
    }
    if (topic.equals(options.get(WorkerOptions.TOPIC_DEAD_LETTERS))) {
      return Sums.Kind.DEAD_LETTER;
    }
    return topic.equals(options.get(WorkerOptions.TOPIC_CANCELLED))
        ? Sums.Kind.CANCELLED
        : Sums.Kind.JOB;
  }

  private void flush() {
    sums.flush().forEach(record -> output.collect(new StreamRecord<>(record)));
  }

  private void beat() {
    WorkerBeat beat = new WorkerBeat(parts.clock().instant());
    output.collect(
        new StreamRecord<>(
            new SummaryRecord(
                Codec.BEAT_KEY.getBytes(StandardCharsets.UTF_8), Codec.beats().encode(beat))));
  }

  /** What the state no longer has is in the topic before the checkpoint is complete. */
  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    flush();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    begun.update(sums.begunState());
    waiting.update(sums.waitingState());
  }

  @Override
  public void finish() throws Exception {
    flush();
    super.finish();
  }

  @Override
  public void close() throws Exception {
    if (objects != null) {
      objects.close();
    }
    super.close();
  }
}
