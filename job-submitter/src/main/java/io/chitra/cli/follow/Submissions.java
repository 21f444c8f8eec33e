package io.chitra.cli.follow;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The submissions of one run, and which of their pictures have ended. Each picture has a position
 * in the run, given by the order of the job file; a bit a picture and a few numbers a submission
 * are all that is kept, so that millions of both fit into memory. Safe for use by several threads:
 * a producer's thread adds while another follows.
 */
public final class Submissions {

  private static final Partition NONE = new Partition();

  private final Map<Name, Partition> partitions = new HashMap<>();
  private final BitSet ended = new BitSet();
  private int jobs;
  private long pictures;
  private long endedPictures;

  private record Name(String topic, int partition) {}

  /**
   * Adds a submission that Kafka has taken.
   *
   * @param offset larger than every offset added for this partition before
   * @param position of its first picture in the run; the others follow
   * @param firstIndex the first image index that it asks for
   * @param count how many
   */
  public synchronized void add(
      String topic, int partition, long offset, int position, int firstIndex, int count) {
    partitions
        .computeIfAbsent(new Name(topic, partition), name -> new Partition())
        .add(offset, position, firstIndex, count);
    jobs++;
    pictures += count;
  }

  /** How many submissions there are. */
  public synchronized int jobs() {
    return jobs;
  }

  /** How many pictures they ask for. */
  public synchronized long pictures() {
    return pictures;
  }

  /** How many of these have ended, well or badly. */
  public synchronized long ended() {
    return endedPictures;
  }

  /** Whether every picture has ended. */
  public synchronized boolean complete() {
    return endedPictures == pictures;
  }

  /** Whether the submission is one of these. */
  public synchronized boolean contains(String topic, int partition, long offset) {
    Partition submissions = partition(topic, partition);
    return submissions.find(offset) >= 0;
  }

  /**
   * Notes that a picture has ended.
   *
   * @return its position in the run; empty when it is none of these or had ended before
   */
  public synchronized OptionalInt end(String topic, int partition, long offset, int index) {
    Partition submissions = partition(topic, partition);
    int at = submissions.find(offset);
    if (at < 0 || index < submissions.firstIndexes[at]) {
      return OptionalInt.empty();
    }
    int within = index - submissions.firstIndexes[at];
    int position = submissions.positions[at] + within;
    if (within >= submissions.counts[at] || ended.get(position)) {
      return OptionalInt.empty();
    }
    ended.set(position);
    endedPictures++;
    return OptionalInt.of(position);
  }

  /**
   * Notes that a range of a submission's pictures has ended.
   *
   * @return how many of them had not ended before
   */
  public synchronized int end(String topic, int partition, long offset, int firstIndex, int count) {
    Partition submissions = partition(topic, partition);
    int at = submissions.find(offset);
    if (at < 0) {
      return 0;
    }
    long first = Math.max(0L, (long) firstIndex - submissions.firstIndexes[at]);
    long end =
        Math.min(submissions.counts[at], (long) firstIndex + count - submissions.firstIndexes[at]);
    if (first >= end) {
      return 0;
    }
    int from = submissions.positions[at] + (int) first;
    int to = submissions.positions[at] + (int) end;
    int before = ended.get(from, to).cardinality();
    ended.set(from, to);
    int now = to - from - before;
    endedPictures += now;
    return now;
  }

  /**
   * Notes that a whole submission has ended.
   *
   * @return how many of its pictures had not ended before
   */
  public synchronized int endAll(String topic, int partition, long offset) {
    Partition submissions = partition(topic, partition);
    int at = submissions.find(offset);
    return at < 0
        ? 0
        : end(topic, partition, offset, submissions.firstIndexes[at], submissions.counts[at]);
  }

  private Partition partition(String topic, int partition) {
    return partitions.getOrDefault(new Name(topic, partition), NONE);
  }

  /** The submissions of one partition, by offset. */
  private static final class Partition {
    private long[] offsets = new long[16];
    private int[] positions = new int[16];
    private int[] firstIndexes = new int[16];
    private int[] counts = new int[16];
    private int size;

    void add(long offset, int position, int firstIndex, int count) {
      if (size > 0 && offset <= offsets[size - 1]) {
        throw new IllegalArgumentException(
            "Cannot add offset %d: it does not follow %d".formatted(offset, offsets[size - 1]));
      }
      if (size == offsets.length) {
        int larger = Math.addExact(size, size >> 1);
        offsets = Arrays.copyOf(offsets, larger);
        positions = Arrays.copyOf(positions, larger);
        firstIndexes = Arrays.copyOf(firstIndexes, larger);
        counts = Arrays.copyOf(counts, larger);
      }
      offsets[size] = offset;
      positions[size] = position;
      firstIndexes[size] = firstIndex;
      counts[size] = count;
      size++;
    }

    int find(long offset) {
      return Arrays.binarySearch(offsets, 0, size, offset);
    }
  }
}
