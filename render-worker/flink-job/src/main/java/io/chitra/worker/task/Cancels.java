package io.chitra.worker.task;

import io.chitra.schemas.Cancel;
import io.chitra.schemas.Submission;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What has been cancelled: all submissions of a job, or of a dataset, that lie before an offset of
 * their partition. Later submissions of the same job live. It only grows, with the number of jobs
 * and datasets that were ever cancelled. Safe for use by several threads.
 */
public final class Cancels {

  /** The job is null where the whole dataset is meant. */
  private record Scope(String dataset, @Nullable String jobId) {}

  private record Partition(String topic, int partition) {}

  /** The first offset of a partition that is not covered, by what is cancelled. */
  private final Map<Scope, Map<Partition, Long>> ends = new ConcurrentHashMap<>();

  /** The same, of anything at all. */
  private final Map<Partition, Long> farthest = new ConcurrentHashMap<>();

  /** Adds one more. */
  public void add(Cancel cancel) {
    Map<Partition, Long> scope =
        ends.computeIfAbsent(
            new Scope(cancel.getDataset(), cancel.getJobId()), s -> new ConcurrentHashMap<>());
    for (Submission until : cancel.getUntil()) {
      Partition partition = new Partition(until.getTopic(), until.getPartition());
      scope.merge(partition, until.getOffset(), Math::max);
      farthest.merge(partition, until.getOffset(), Math::max); // last: whoever sees it sees both
    }
  }

  /**
   * Whether a submission may be covered, as far as can be told without knowing its job. Mostly it
   * cannot, and nobody needs to look into the job.
   */
  public boolean mayCover(String topic, int partition, long offset) {
    return offset < farthest.getOrDefault(new Partition(topic, partition), 0L);
  }

  /** Whether a submission is covered. */
  public boolean covers(String topic, int partition, long offset, String dataset, String jobId) {
    if (!mayCover(topic, partition, offset)) {
      return false;
    }
    Partition where = new Partition(topic, partition);
    return offset < end(new Scope(dataset, null), where)
        || offset < end(new Scope(dataset, jobId), where);
  }

  private long end(Scope scope, Partition partition) {
    return ends.getOrDefault(scope, Map.of()).getOrDefault(partition, 0L);
  }
}
