package io.chitra.worker.record;

import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import io.chitra.schemas.ImageRecord;
import io.chitra.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers committed records and puts them to S3 as Parquet files, {@code
 * records/<topic>-<partition>/<from>-<to>.parquet}, each covering the offsets from..to (both
 * included) of one partition and put whole. What S3 already covers is never put again: after a
 * restart the rows up to the last covered offset are dropped, so files of one partition do not
 * overlap.
 *
 * <p>All methods belong to one thread. Files are made and put by an executor, one of a partition at
 * a time, so that this thread is free for checkpoints meanwhile. Rows wait in memory until their
 * file is put; {@link #pending()} is what a checkpoint must keep. A put that fails shows in the
 * next call that concerns its partition.
 */
public final class RecordFiles {

  private static final Logger LOG = LoggerFactory.getLogger(RecordFiles.class);
  private static final Pattern NAME = Pattern.compile(".*/(\\d{20})-(\\d{20})\\.parquet");
  private static final String CONTENT_TYPE = "application/vnd.apache.parquet";

  /**
   * When the rows of a partition become a file.
   *
   * @param maxRows as soon as there are this many
   * @param idle as soon as no row has come for this long
   * @param maxAge as soon as the oldest row has waited this long
   */
  public record Policy(int maxRows, Duration idle, Duration maxAge) {}

  private final ObjectStore objects;
  private final String topic;
  private final Codec<ImageRecord> codec;
  private final Policy policy;
  private final InstantSource clock;
  private final Executor putter;
  private final Map<Integer, Partition> partitions = new TreeMap<>();

  /**
   * @param putter makes and puts files; stays the caller's
   */
  public RecordFiles(
      ObjectStore objects,
      String topic,
      Codec<ImageRecord> codec,
      Policy policy,
      InstantSource clock,
      Executor putter) {
    this.objects = objects;
    this.topic = topic;
    this.codec = codec;
    this.policy = policy;
    this.clock = clock;
    this.putter = putter;
  }

  /** The prefix of one partition's files. */
  public static String prefix(String topic, int partition) {
    return "records/%s-%d/".formatted(topic, partition);
  }

  /**
   * Takes one row; rows of a partition come in the order of their offsets. Blocks only where a file
   * is full before the one before it is put.
   */
  public void accept(ResultRow row) {
    Partition partition = partitions.computeIfAbsent(row.partition(), Partition::new);
    partition.accept(row);
    if (partition.rows.size() >= policy.maxRows()) {
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
  public List<ResultRow> pending() {
    return partitions.values().stream().flatMap(Partition::pending).toList();
  }

  private final class Partition {
    private final int number;
    private List<ResultRow> rows = new ArrayList<>();

    /** The rows of the file that is on its way. */
    private List<ResultRow> leaving = List.of();

    private CompletableFuture<Void> putting = CompletableFuture.completedFuture(null);
    private long covered;
    private long oldestArrival;
    private long newestArrival;

    Partition(int number) {
      this.number = number;
      this.covered = coveredInStore(number);
    }

    void accept(ResultRow row) {
      if (row.offset() <= covered) {
        return;
      }
      newestArrival = clock.millis();
      if (rows.isEmpty()) {
        oldestArrival = newestArrival;
      }
      rows.add(row);
      covered = row.offset();
    }

    Stream<ResultRow> pending() {
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

    boolean due() {
      long now = clock.millis();
      return putting.isDone()
          && !rows.isEmpty()
          && (now - newestArrival >= policy.idle().toMillis()
              || now - oldestArrival >= policy.maxAge().toMillis());
    }

    void put() {
      putting.join();
      List<ResultRow> file = rows;
      leaving = file;
      rows = new ArrayList<>();
      putting = CompletableFuture.runAsync(() -> put(file), putter);
    }

    private void put(List<ResultRow> rows) {
      RecordTable table = new RecordTable();
      for (ResultRow row : rows) {
        try {
          table.add(number, row.offset(), codec.decode(row.value()));
        } catch (BadRecordException e) {
          LOG.warn("Skipped {}-{}@{}: {}", topic, number, row.offset(), e.getMessage());
        }
      }
      String key =
          "%s%020d-%020d.parquet"
              .formatted(
                  prefix(topic, number), rows.get(0).offset(), rows.get(rows.size() - 1).offset());
      objects.put(key, table.toParquet(), CONTENT_TYPE, Map.of()).join();
    }
  }

  /** The last offset of the partition that a file in S3 covers; -1 when there is none. */
  private long coveredInStore(int partition) {
    long covered = -1;
    for (String key : objects.list(prefix(topic, partition))) {
      Matcher name = NAME.matcher(key);
      if (name.matches()) {
        covered = Math.max(covered, Long.parseLong(name.group(2)));
      }
    }
    return covered;
  }
}
