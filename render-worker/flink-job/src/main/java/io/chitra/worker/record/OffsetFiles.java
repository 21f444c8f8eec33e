package io.chitra.worker.record;

import io.chitra.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Gathers what topics hold and puts it to S3 as files, {@code
 * <folder>/<topic>-<partition>/<from>-<to>.<extension>}, each covering the offsets from..to (both
 * included) of one partition and put whole. What S3 already covers is never put again: after a
 * restart the rows up to the last covered offset are dropped, so files of one partition do not
 * overlap.
 *
 * <p>All methods belong to one thread. Files are made and put by an executor, one of a partition at
 * a time, so that this thread is free for checkpoints meanwhile. Rows wait in memory until their
 * file is put; {@link #pending()} is what a checkpoint must keep. A put that fails shows in the
 * next call that concerns its partition.
 */
public final class OffsetFiles<R> {

  private final ObjectStore objects;
  private final Kind<R> kind;
  private final Policy policy;
  private final InstantSource clock;
  private final Executor putter;
  private final Pattern name;
  private final Map<TopicPartition, Partition> partitions = new TreeMap<>();

  /**
   * When the rows of a partition become a file.
   *
   * @param maxRows as soon as there are this many
   * @param maxBytes as soon as they have this many bytes
   * @param idle as soon as no row has come for this long
   * @param maxAge as soon as the oldest row has waited this long
   */
  public record Policy(int maxRows, long maxBytes, Duration idle, Duration maxAge) {}

  /** Where a row lies in Kafka. */
  public record Place(String topic, int partition, long offset) {}

  /** What the files of one kind of rows are. Used by the caller's thread and the executor's. */
  public interface Kind<R> {

    /** What all keys begin with. */
    String folder();

    /** What all keys end with, without a dot. */
    String extension();

    String contentType();

    Place place(R row);

    /** How much memory a row takes, roughly. */
    int bytes(R row);

    /** A file of rows of one partition, in the order of their offsets; one row at least. */
    byte[] file(List<R> rows);
  }

  private record TopicPartition(String topic, int number) implements Comparable<TopicPartition> {
    private static final Comparator<TopicPartition> ORDER =
        Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::number);

    @Override
    public int compareTo(TopicPartition other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * @param putter makes and puts files; stays the caller's
   */
  public OffsetFiles(
      ObjectStore objects, Kind<R> kind, Policy policy, InstantSource clock, Executor putter) {
    this.objects = objects;
    this.kind = kind;
    this.policy = policy;
    this.clock = clock;
    this.putter = putter;
    this.name = Pattern.compile(".*/(\\d{20})-(\\d{20})\\." + Pattern.quote(kind.extension()));
  }

  /**
   * Takes one row; rows of a partition come in the order of their offsets. Blocks only where a file
   * is full before the one before it is put.
   */
  public void accept(R row) {
    Place place = kind.place(row);
    Partition partition =
        partitions.computeIfAbsent(
            new TopicPartition(place.topic(), place.partition()), Partition::new);
    partition.accept(row, place.offset());
    if (partition.full()) {
      partition.put();
    }
  }

  /** Has the files put that have become due. */
  public void putDue() {
    for (Partition partition : partitions.values()) {
      partition.settle();
      if (partition.due()) {
        partition.put();
      }
    }
  }

  /**
   * Blocks until no file is on its way, put or failed, so that whoever starts next sees all files
   * that there will be.
   */
  public void awaitPuts() {
    for (Partition partition : partitions.values()) {
      partition.putting.handle((done, failure) -> failure == null).join();
    }
  }

  /** The rows that no file holds yet. */
  public List<R> pending() {
    return partitions.values().stream().flatMap(Partition::pending).toList();
  }

  private final class Partition {
    private final String prefix;
    private List<R> rows = new ArrayList<>();
    private long bytes;

    /** The rows of the file that is on its way. */
    private List<R> leaving = List.of();

    private CompletableFuture<Void> putting = CompletableFuture.completedFuture(null);
    private long covered;
    private long oldestArrival;
    private long newestArrival;

    Partition(TopicPartition of) {
      this.prefix = "%s/%s-%d/".formatted(kind.folder(), of.topic(), of.number());
      this.covered = coveredInStore();
    }

    /** The last offset of the partition that a file in S3 covers; -1 when there is none. */
    private long coveredInStore() {
      long last = -1;
      for (String key : objects.list(prefix)) {
        Matcher file = name.matcher(key);
        if (file.matches()) {
          last = Math.max(last, Long.parseLong(file.group(2)));
        }
      }
      return last;
    }

    void accept(R row, long offset) {
      if (offset <= covered) {
        return;
      }
      newestArrival = clock.millis();
      if (rows.isEmpty()) {
        oldestArrival = newestArrival;
      }
      rows.add(row);
      bytes += kind.bytes(row);
      covered = offset;
    }

    Stream<R> pending() {
      settle();
      return Stream.concat(leaving.stream(), rows.stream());
    }

    /** Forgets the rows of a file that has been put. */
    void settle() {
      if (putting.isDone()) {
        putting.join();
        leaving = List.of();
      }
    }

    boolean full() {
      return rows.size() >= policy.maxRows() || bytes >= policy.maxBytes();
    }

    boolean due() {
      long now = clock.millis();
      return putting.isDone()
          && !rows.isEmpty()
          && (now - newestArrival >= policy.idle().toMillis()
              || now - oldestArrival >= policy.maxAge().toMillis());
    }

    void put() {
      putting.join();
      List<R> file = rows;
      leaving = file;
      rows = new ArrayList<>();
      bytes = 0;
      putting = CompletableFuture.runAsync(() -> put(file), putter);
    }

    private void put(List<R> rows) {
      String key =
          "%s%020d-%020d.%s"
              .formatted(
                  prefix,
                  kind.place(rows.get(0)).offset(),
                  kind.place(rows.get(rows.size() - 1)).offset(),
                  kind.extension());
      objects.put(key, kind.file(rows), kind.contentType(), Map.of()).join();
    }
  }
}
