package io.chitra.cli.topics;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.Rows;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.PictureEntry;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.SchemaSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a dataset that count, in the order of job id and index: of each picture, the record
 * of the newest submission that asks for it. The topics' ends are pinned before anything is read,
 * so the same ends give the same rows.
 *
 * <p>Records wait in a file; memory holds 24 bytes a row, and the submissions of the dataset.
 *
 * <p>Life cycle: {@link #read}, then any of the others as often as wanted, {@link #close}, which
 * deletes the file. Used by one thread.
 */
public final class DatasetRows implements Rows, AutoCloseable {

  private static final int HEAD_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;
  private static final int FIRST_CAPACITY = 1024;

  private final Codec<ImageRecord> codec;
  private final Path file;
  private final FileChannel channel;
  private final List<Row> order;
  private final Census census;
  private final SortedMap<String, Long> ends;

  /**
   * What has become of the pictures that count.
   *
   * @param asked by the newest submissions of each job
   * @param made that have a record
   * @param failed that have a dead letter
   * @param cancelled that were cancelled
   */
  public record Census(long jobs, long asked, long made, long failed, long cancelled) {

    /** That have not ended yet. */
    public long open() {
      return asked - made - failed - cancelled;
    }
  }

  /** Is told of failures that count. */
  @FunctionalInterface
  public interface Failures {

    /** Does not care. */
    Failures NONE = (letter, pictures) -> {};

    /**
     * Takes a dead letter.
     *
     * @param pictures that count and failed with it
     */
    void failed(DeadLetter letter, long pictures);
  }

  /** Where a row's record lies in the file. */
  private record Row(Job job, int index, long position) {}

  /** A job of the dataset. */
  private static final class Job {
    private final String id;
    private final JobRuns runs = new JobRuns();
    private Map<Place, Indexes> counting = Map.of();

    Job(String id) {
      this.id = id;
    }
  }

  private DatasetRows(
      Codec<ImageRecord> codec,
      Path file,
      FileChannel channel,
      List<Row> order,
      Census census,
      Map<TopicPartition, Long> ends) {
    this.codec = codec;
    this.file = file;
    this.channel = channel;
    this.order = order;
    this.census = census;
    SortedMap<String, Long> named = new TreeMap<>();
    ends.forEach((partition, end) -> named.put(partition.toString(), end));
    this.ends = Collections.unmodifiableSortedMap(named);
  }

  /**
   * Reads the rows of a dataset.
   *
   * @param jobs which of its jobs; the others are as if they were not there
   * @param folder for the file of records
   */
  public static DatasetRows read(
      KafkaCluster kafka,
      SchemaSource schemas,
      String dataset,
      Predicate<String> jobs,
      Path folder,
      TopicScan.Listener listener)
      throws TopicException, InterruptedException, IOException {
    return read(kafka, schemas, dataset, jobs, folder, listener, Failures.NONE);
  }

  /** Likewise, and tells what has failed. */
  public static DatasetRows read(
      KafkaCluster kafka,
      SchemaSource schemas,
      String dataset,
      Predicate<String> jobs,
      Path folder,
      TopicScan.Listener listener,
      Failures failures)
      throws TopicException, InterruptedException, IOException {
    return new Reading(kafka, schemas, dataset, jobs, listener, failures).read(folder);
  }

  @Override
  public long size() {
    return order.size();
  }

  public Census census() {
    return census;
  }

  /**
   * Where the topics of jobs and of terminal events ended when the reading began, by {@code
   * topic-partition}.
   */
  public SortedMap<String, Long> ends() {
    return ends;
  }

  @Override
  public DatasetRow at(long position) throws IOException {
    long start = order.get(Math.toIntExact(position)).position();
    ByteBuffer head = bytes(HEAD_BYTES, start);
    int partition = head.getInt();
    long offset = head.getLong();
    byte[] value = bytes(head.getInt(), start + HEAD_BYTES).array();
    try {
      return new DatasetRow(codec.decode(value), partition, offset, null);
    } catch (BadRecordException e) {
      throw new IOException("a record that was read before cannot be read again", e);
    }
  }

  private ByteBuffer bytes(int length, long at) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException("a row is cut short in " + file);
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }

  /** One reading, from the topics to the ordered file. */
  private static final class Reading {
    private final TopicScan topics;
    private final KafkaCluster kafka;
    private final String dataset;
    private final Predicate<String> wanted;
    private final Failures failures;
    private final Codec<RenderJob> jobCodec;
    private final Codec<PictureEntry> entries;
    private final Codec<ImageRecord> records;
    private final Codec<DeadLetter> deadLetters;
    private final Codec<CancelledRange> cancelledRanges;

    private final Map<String, Job> jobs = new TreeMap<>();
    private final Map<Place, Job> submissions = new HashMap<>();
    private final List<Row> rows = new ArrayList<>(FIRST_CAPACITY);
    private final Map<Place, Indexes> failed = new HashMap<>();
    private final Map<Place, Indexes> cancelled = new HashMap<>();
    private @Nullable IOException failure;
    private long end;

    Reading(
        KafkaCluster kafka,
        SchemaSource schemas,
        String dataset,
        Predicate<String> wanted,
        TopicScan.Listener listener,
        Failures failures) {
      this.kafka = kafka;
      this.topics = new TopicScan(kafka, listener);
      this.dataset = dataset;
      this.wanted = wanted;
      this.failures = failures;
      this.jobCodec = Codec.renderJobs().withSchemas(schemas);
      this.entries = Codec.pictureEntries().withSchemas(schemas);
      this.records = Codec.imageRecords().withSchemas(schemas);
      this.deadLetters = Codec.deadLetters().withSchemas(schemas);
      this.cancelledRanges = Codec.cancelledRanges().withSchemas(schemas);
    }

    DatasetRows read(Path folder) throws TopicException, InterruptedException, IOException {
      Map<TopicPartition, Long> ends = kafka.committedEnds(pinned());
      Files.createDirectories(folder);
      Path file = Files.createTempFile(folder, "rows", ".avro");
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        topics.read(within(ends, this::takeJob), Topic.OF_JOBS);
        jobs.values().forEach(job -> job.counting = job.runs.counting());
        topics.read(within(ends, record -> takeResult(record, channel)), Set.of(Topic.RESULTS));
        if (failure != null) {
          throw failure;
        }
        topics.read(within(ends, this::takeLetter), Set.of(Topic.DEAD_LETTERS));
        topics.read(within(ends, this::takeCancelled), Set.of(Topic.CANCELLED));
        rows.sort(
            Comparator.<Row, String>comparing(row -> row.job().id).thenComparingInt(Row::index));
        return new DatasetRows(records, file, channel, rows, census(), ends);
      } catch (TopicException | InterruptedException | IOException | RuntimeException e) {
        channel.close();
        Files.deleteIfExists(file);
        throw e;
      }
    }

    private static Set<Topic> pinned() {
      Set<Topic> all = EnumSet.copyOf(Topic.OF_JOBS);
      all.addAll(Topic.OF_ENDS);
      return all;
    }

    /** Leaves out what has come since. */
    private static KafkaCluster.Receiver within(
        Map<TopicPartition, Long> ends, KafkaCluster.Receiver receiver) {
      return record -> {
        Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
        if (end != null && record.offset() < end) {
          receiver.receive(record);
        }
      };
    }

    private void takeJob(ConsumerRecord<byte[], byte[]> record) {
      Optional<AskedJob> asked = jobCodec.ifReadable(record.value()).map(AskedJob::of);
      if (asked.isPresent()
          && asked.get().dataset().equals(dataset)
          && wanted.test(asked.get().job())) {
        Place place = Place.of(record);
        Job job = jobs.computeIfAbsent(asked.get().job(), Job::new);
        job.runs.add(asked.get().run(place, record.timestamp()));
        submissions.put(place, job);
      }
    }

    private void takeResult(ConsumerRecord<byte[], byte[]> record, FileChannel channel) {
      PictureEntry entry = entries.ifReadable(record.value()).orElse(null);
      if (entry == null || failure != null) {
        return;
      }
      Place place = Place.of(entry.getSubmission());
      Job job = submissions.get(place);
      if (job == null || !counts(job, place, entry.getImageIndex())) {
        return;
      }
      byte[] value = record.value();
      ByteBuffer bytes = ByteBuffer.allocate(HEAD_BYTES + value.length);
      bytes.putInt(record.partition()).putLong(record.offset()).putInt(value.length);
      bytes.put(value).flip();
      rows.add(new Row(job, entry.getImageIndex(), end));
      try {
        while (bytes.hasRemaining()) {
          end += channel.write(bytes, end);
        }
      } catch (IOException e) {
        failure = e;
      }
    }

    private static boolean counts(Job job, Place place, int index) {
      Indexes counting = job.counting.get(place);
      return counting != null && counting.contains(index);
    }

    private void takeLetter(ConsumerRecord<byte[], byte[]> record) {
      DeadLetter letter = deadLetters.ifReadable(record.value()).orElse(null);
      if (letter == null) {
        return;
      }
      Place place = Place.of(letter.getSubmission());
      Integer first = letter.getFirstIndex();
      Integer count = letter.getIndexCount();
      long pictures =
          first != null && count != null
              ? ended(failed, place, first, (long) first + count)
              : ended(failed, place, 0, Long.MAX_VALUE);
      if (pictures > 0) {
        failures.failed(letter, pictures);
      }
    }

    private void takeCancelled(ConsumerRecord<byte[], byte[]> record) {
      cancelledRanges
          .ifReadable(record.value())
          .ifPresent(
              range ->
                  ended(
                      cancelled,
                      Place.of(range.getSubmission()),
                      range.getFirstIndex(),
                      (long) range.getFirstIndex() + range.getIndexCount()));
    }

    /** Takes note of the end of pictures; returns how many of them count. */
    private long ended(Map<Place, Indexes> how, Place place, long first, long end) {
      Job job = submissions.get(place);
      Indexes counting = job == null ? null : job.counting.get(place);
      if (counting == null) {
        return 0;
      }
      Indexes ended = counting.and(Indexes.of(first, end));
      how.computeIfAbsent(place, p -> new Indexes()).addAll(ended);
      return ended.size();
    }

    private Census census() {
      long asked =
          jobs.values().stream()
              .flatMap(job -> job.counting.values().stream())
              .mapToLong(Indexes::size)
              .sum();
      return new Census(jobs.size(), asked, rows.size(), size(failed), size(cancelled));
    }

    private static long size(Map<Place, Indexes> indexes) {
      return indexes.values().stream().mapToLong(Indexes::size).sum();
    }
  }
}
