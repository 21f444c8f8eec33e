package io.chitra.worker.topology;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.util.IOUtils;

/**
 * A {@link KafkaSource} of several topics, each of which has a lane of its own: a reader with its
 * own consumer, which offers nothing while the {@link ReadAheadGate} holds its topic. So the jobs
 * of one topic, fetched or not, are never in the way of another's. Splits, state and enumerator are
 * the Kafka source's own.
 */
final class JobsSource<T>
    implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<T> {
  private static final long serialVersionUID = 1L;

  private final KafkaSource<T> all;
  private final ArrayList<Lane<T>> lanes;
  private final String topology;

  /**
   * @param kafka reads the topic alone
   */
  record Lane<T>(String topic, KafkaSource<T> kafka) implements Serializable {}

  /**
   * @param all finds the partitions of all topics
   * @param lanes one for each topic, the most urgent first; what lies in any other topic is read by
   *     the last
   * @param topology a name that no other running topology has
   */
  JobsSource(KafkaSource<T> all, List<Lane<T>> lanes, String topology) {
    this.all = all;
    this.lanes = new ArrayList<>(lanes);
    this.topology = topology;
  }

  @Override
  public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    List<OpenLane<T>> open = new ArrayList<>();
    try {
      for (Lane<T> lane : lanes) {
        open.add(new OpenLane<>(lane.topic(), lane.kafka().createReader(context)));
      }
    } catch (Exception e) {
      IOUtils.closeAllQuietly(open);
      throw e;
    }
    return new Reader<>(open, ReadAheadGate.of(topology, context.getIndexOfSubtask()));
  }

  @Override
  public Boundedness getBoundedness() {
    return all.getBoundedness();
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return all.createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
      throws IOException {
    return all.restoreEnumerator(context, state);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return all.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return all.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<T> getProducedType() {
    return all.getProducedType();
  }

  private record OpenLane<T>(String topic, SourceReader<T, KafkaPartitionSplit> kafka)
      implements AutoCloseable {

    @Override
    public void close() throws Exception {
      kafka.close();
    }
  }

  /** Reads the lanes; used by the task's thread. */
  private static final class Reader<T> implements SourceReader<T, KafkaPartitionSplit> {

    /** Of so many looks at the lanes one begins with a less urgent one. */
    private static final int LOOKS = 10;

    private final List<OpenLane<T>> lanes;
    private final ReadAheadGate gate;
    private int looks;

    /** What was told last about when to look again. */
    private CompletableFuture<Void> available = CompletableFuture.completedFuture(null);

    Reader(List<OpenLane<T>> lanes, ReadAheadGate gate) {
      this.lanes = lanes;
      this.gate = gate;
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
      int first = firstLane();
      for (int i = 0; i < lanes.size(); i++) {
        OpenLane<T> lane = lanes.get((first + i) % lanes.size());
        if (!gate.holds(lane.topic())) {
          InputStatus status = lane.kafka().pollNext(output);
          if (status == InputStatus.MORE_AVAILABLE) {
            return status;
          }
        }
      }
      return InputStatus.NOTHING_AVAILABLE;
    }

    /** The most urgent one, or one of the others in turn. */
    private int firstLane() {
      looks = (looks + 1) % (LOOKS * lanes.size());
      return looks % LOOKS == 0 ? looks / LOOKS : 0;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      if (!available.isDone()) {
        return available;
      }
      List<CompletableFuture<?>> awaited = new ArrayList<>();
      awaited.add(gate.released());
      for (OpenLane<T> lane : lanes) {
        if (!gate.holds(lane.topic())) {
          CompletableFuture<Void> ofLane = lane.kafka().isAvailable();
          if (ofLane.isDone()) {
            return ofLane;
          }
          awaited.add(ofLane);
        }
      }
      available =
          CompletableFuture.anyOf(awaited.toArray(new CompletableFuture<?>[0])).thenRun(() -> {});
      return available;
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
      for (int i = 0; i < lanes.size(); i++) {
        int lane = i;
        List<KafkaPartitionSplit> own =
            splits.stream().filter(split -> laneOf(split.getTopic()) == lane).toList();
        if (!own.isEmpty()) {
          lanes.get(lane).kafka().addSplits(own);
        }
      }
    }

    private int laneOf(String topic) {
      for (int i = 0; i < lanes.size(); i++) {
        if (lanes.get(i).topic().equals(topic)) {
          return i;
        }
      }
      return lanes.size() - 1;
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
      List<KafkaPartitionSplit> splits = new ArrayList<>();
      lanes.forEach(lane -> splits.addAll(lane.kafka().snapshotState(checkpointId)));
      return splits;
    }

    @Override
    public void start() {
      lanes.forEach(lane -> lane.kafka().start());
    }

    @Override
    public void notifyNoMoreSplits() {
      lanes.forEach(lane -> lane.kafka().notifyNoMoreSplits());
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
      lanes.forEach(lane -> lane.kafka().handleSourceEvents(event));
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
      for (OpenLane<T> lane : lanes) {
        lane.kafka().notifyCheckpointComplete(checkpointId);
      }
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
      for (OpenLane<T> lane : lanes) {
        lane.kafka().notifyCheckpointAborted(checkpointId);
      }
    }

    @Override
    public void close() throws Exception {
      IOUtils.closeAll(lanes);
    }
  }
}
