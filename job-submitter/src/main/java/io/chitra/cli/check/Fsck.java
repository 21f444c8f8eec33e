package io.chitra.cli.check;

import io.chitra.cli.check.CheckListener.Step;
import io.chitra.cli.check.Event.Kind;
import io.chitra.cli.check.ObjectCheck.Depth;
import io.chitra.cli.topics.AskedJob;
import io.chitra.cli.topics.Indexes;
import io.chitra.cli.topics.KafkaCluster;
import io.chitra.cli.topics.Place;
import io.chitra.cli.topics.Topic;
import io.chitra.cli.topics.TopicException;
import io.chitra.cli.topics.TopicScan;
import io.chitra.job.JobRules;
import io.chitra.schemas.CancelledRange;
import io.chitra.schemas.Codec;
import io.chitra.schemas.DeadLetter;
import io.chitra.schemas.PictureEntry;
import io.chitra.schemas.RenderJob;
import io.chitra.store.ObjectStore;
import io.chitra.store.StoredSchemas;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Compares what was asked for, what has ended, and what lies in the store.
 *
 * <p>What is read goes to files first, spread so that all of one job, or all of one object, comes
 * together; memory holds one part in {@value Buckets#COUNT} at a time, and a few bytes for each
 * submission that has not ended.
 *
 * <p>Objects are listed before records are read, and records before jobs. So whatever happens
 * meanwhile, no object that a record names is taken for an orphan, and no end for one that nobody
 * asked for; pictures that end meanwhile seem open.
 *
 * <p>Life cycle: {@link #check}, then {@link #findings} and {@link #orphans} as often as wanted,
 * until {@link #close}, which deletes the files. Used by one thread.
 */
public final class Fsck implements AutoCloseable {

  private static final String IMAGES = "images/";
  private static final int TELL_EVERY = 1000;

  private final KafkaCluster kafka;
  private final ObjectStore objects;
  private final Scope scope;
  private final CheckListener listener;
  private final Path folder;
  private final Codec<RenderJob> jobs;
  private final Codec<PictureEntry> results;
  private final Codec<DeadLetter> deadLetters;
  private final Codec<CancelledRange> cancelled;

  /**
   * What to check.
   *
   * @param dataset empty: all; objects that no record names are looked for only then
   * @param deep whether the bytes of objects are read
   */
  public record Scope(Optional<String> dataset, boolean deep) {}

  private Fsck(
      KafkaCluster kafka, ObjectStore objects, Scope scope, CheckListener listener, Path folder) {
    this.kafka = kafka;
    this.objects = objects;
    this.scope = scope;
    this.listener = listener;
    this.folder = folder;
    StoredSchemas schemas = new StoredSchemas(objects);
    this.jobs = Codec.renderJobs().withSchemas(schemas);
    this.results = Codec.pictureEntries().withSchemas(schemas);
    this.deadLetters = Codec.deadLetters().withSchemas(schemas);
    this.cancelled = Codec.cancelledRanges().withSchemas(schemas);
  }

  /** Makes a folder for the files of a check, in the folder for temporary files. */
  public static Fsck open(
      KafkaCluster kafka, ObjectStore objects, Scope scope, CheckListener listener)
      throws CheckException {
    try {
      return new Fsck(kafka, objects, scope, listener, Files.createTempDirectory("chitra-fsck"));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static CheckException failed(IOException e) {
    return new CheckException(
        "Cannot check: %s; what is read goes through files in %s, make room there or set -Djava.io.tmpdir"
            .formatted(e, System.getProperty("java.io.tmpdir")),
        e);
  }

  /** Checks. */
  public CheckReport check() throws CheckException, TopicException, InterruptedException {
    CheckReport report = new CheckReport();
    try (Buckets listed = new Buckets(folder, "listed");
        Buckets refs = new Buckets(folder, "refs");
        Buckets events = new Buckets(folder, "events")) {
      if (scope.dataset().isEmpty()) {
        list(listed);
        report.listedAll();
      }
      read(refs, events);
      lookAtObjects(listed, refs, events, report);
      events.written();
      Set<Place> open = judge(events, report);
      sortOrphans(open, report);
      return report;
    } catch (UncheckedIOException e) {
      throw failed(Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private void list(Buckets listed) throws IOException {
    long count = 0;
    for (String key : objects.list(IMAGES)) {
      listed.at(PictureRef.bucket(key)).writeUTF(key);
      if (++count % TELL_EVERY == 0) {
        listener.step(Step.LISTING_OBJECTS, count, 0);
      }
    }
    listed.written();
  }

  private void read(Buckets refs, Buckets events)
      throws TopicException, InterruptedException, IOException {
    TopicScan scan =
        new TopicScan(kafka, (done, total) -> listener.step(Step.READING_TOPICS, done, total));
    scan.read(
        record -> results.ifReadable(record.value()).ifPresent(made -> made(made, refs, events)),
        Set.of(Topic.RESULTS));
    scan.read(
        record ->
            deadLetters.ifReadable(record.value()).ifPresent(letter -> failed(letter, events)),
        Set.of(Topic.DEAD_LETTERS));
    scan.read(
        record -> cancelled.ifReadable(record.value()).ifPresent(range -> cancelled(range, events)),
        Set.of(Topic.CANCELLED));
    scan.read(record -> asked(record, events), Topic.OF_JOBS);
    refs.written();
  }

  private void made(PictureEntry made, Buckets refs, Buckets events) {
    if (!selects(made.getDataset())) {
      return;
    }
    JobKey job = JobKey.of(made.getDataset(), made.getJobId());
    Place submission = Place.of(made.getSubmission());
    int index = made.getImageIndex();
    write(events, new Event(job, submission, Kind.MADE, index, index + 1L, 0));
    String key = withoutPrefix(made.getObjectKey());
    PictureRef ref =
        new PictureRef(key, made.getFileBytes(), made.getFileSha256(), job, submission, index);
    try {
      ref.write(refs.at(PictureRef.bucket(key)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String withoutPrefix(String objectKey) {
    String prefix = objects.objectKey("");
    return objectKey.startsWith(prefix) ? objectKey.substring(prefix.length()) : objectKey;
  }

  private void failed(DeadLetter letter, Buckets events) {
    Place submission = Place.of(letter.getSubmission());
    Optional<AskedJob> carried = carried(letter.getValue());
    String id = carried.map(AskedJob::job).orElse(letter.getJobId());
    String dataset =
        carried
            .map(AskedJob::dataset)
            .orElse(letter.getDataset() == null ? JobRules.DEFAULT_DATASET : letter.getDataset());
    if (id == null ? scope.dataset().isPresent() : !selects(dataset)) {
      return;
    }
    JobKey job = id == null ? JobKey.of(submission) : JobKey.of(dataset, id);
    Integer first = letter.getFirstIndex();
    Integer count = letter.getIndexCount();
    write(
        events,
        first == null || count == null
            ? new Event(job, submission, Kind.FAILED, 0, 0, 0)
            : new Event(job, submission, Kind.FAILED, first, (long) first + count, 0));
  }

  private Optional<AskedJob> carried(@Nullable ByteBuffer value) {
    if (value == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return jobs.ifReadable(bytes).map(AskedJob::of);
  }

  private void cancelled(CancelledRange range, Buckets events) {
    if (selects(range.getDataset())) {
      long first = range.getFirstIndex();
      write(
          events,
          new Event(
              JobKey.of(range.getDataset(), range.getJobId()),
              Place.of(range.getSubmission()),
              Kind.CANCELLED,
              first,
              first + range.getIndexCount(),
              0));
    }
  }

  private void asked(ConsumerRecord<byte[], byte[]> record, Buckets events) {
    Place submission = Place.of(record);
    Optional<AskedJob> job = jobs.ifReadable(record.value()).map(AskedJob::of);
    if (job.isPresent() ? !selects(job.get().dataset()) : scope.dataset().isPresent()) {
      return;
    }
    write(
        events,
        new Event(
            job.map(asked -> JobKey.of(asked.dataset(), asked.job()))
                .orElseGet(() -> JobKey.of(submission)),
            submission,
            Kind.ASKED,
            job.map(AskedJob::first).orElse(0L),
            job.map(AskedJob::end).orElse(1L),
            record.timestamp()));
  }

  private boolean selects(String dataset) {
    return scope.dataset().map(dataset::equals).orElse(true);
  }

  private static void write(Buckets events, Event event) {
    try {
      event.write(events.at(event.job().bucket(Buckets.COUNT)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compares records with objects, and notes the objects that no record names. */
  private void lookAtObjects(Buckets listed, Buckets refs, Buckets events, CheckReport report)
      throws IOException {
    ObjectCheck check = new ObjectCheck(objects, scope.deep() ? Depth.BYTES : Depth.METADATA);
    long[] looked = {0};
    try (DataOutputStream unnamed = out("unnamed");
        DataOutputStream wrong = out("wrong")) {
      for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
        Map<String, List<PictureRef>> byKey = new HashMap<>();
        refs.read(
            bucket,
            PictureRef::read,
            ref -> byKey.computeIfAbsent(ref.key(), key -> new ArrayList<>(1)).add(ref));
        for (Map.Entry<String, List<PictureRef>> object : byKey.entrySet()) {
          check.look(
              object.getKey(),
              (key, seen) -> {
                object.getValue().forEach(ref -> compare(ref, seen, events, wrong));
                if (++looked[0] % TELL_EVERY == 0) {
                  listener.step(Step.LOOKING_AT_OBJECTS, looked[0], 0);
                }
              });
        }
        report.looked(byKey.size());
        listed.read(
            bucket,
            in -> in.readUTF(),
            key -> {
              if (!byKey.containsKey(key)) {
                writeText(unnamed, key);
              }
            });
      }
      check.await();
    }
  }

  private static void compare(
      PictureRef ref, Optional<ObjectCheck.Seen> seen, Buckets events, DataOutputStream wrongRefs) {
    Kind wrong = null;
    if (seen.isEmpty()) {
      wrong = Kind.MISSING_OBJECT;
    } else if (seen.get().length() != ref.bytes()) {
      wrong = Kind.WRONG_LENGTH;
    } else if (!seen.get().sha256().equals(ref.sha256())) {
      wrong = Kind.WRONG_HASH;
    }
    if (wrong == null) {
      return;
    }
    write(events, new Event(ref.job(), ref.submission(), wrong, ref.index(), ref.index() + 1L, 0));
    if (wrong != Kind.MISSING_OBJECT) {
      try {
        ref.write(wrongRefs);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Judges job by job; what is found goes to a file. */
  private Set<Place> judge(Buckets events, CheckReport report) throws IOException {
    Set<Place> open = new HashSet<>();
    try (DataOutputStream out = out("findings")) {
      Consumer<Finding> findings =
          finding -> {
            report.add(finding);
            write(out, finding);
          };
      for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
        Map<JobKey, Coverage> byJob = new HashMap<>();
        events.read(
            bucket,
            Event::read,
            event -> byJob.computeIfAbsent(event.job(), job -> new Coverage()).add(event));
        byJob.values().forEach(job -> report.add(job.judge(findings, open::add)));
        listener.step(Step.COMPARING, bucket + 1L, Buckets.COUNT);
      }
    }
    return open;
  }

  private static void write(DataOutputStream out, Finding finding) {
    try {
      for (var range : finding.indexes().ranges()) {
        out.writeByte(finding.kind().ordinal());
        out.writeUTF(finding.submission().toString());
        out.writeLong(range.first());
        out.writeLong(range.end());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Objects that no record names may be of pictures that are on their way: made, and their records
   * not committed yet. The store knows what submission an object was made for.
   */
  private void sortOrphans(Set<Place> open, CheckReport report) throws IOException {
    ObjectCheck check = new ObjectCheck(objects, Depth.METADATA);
    try (DataOutputStream orphans = out("orphans")) {
      read(
          "unnamed",
          in -> in.readUTF(),
          key ->
              check.look(
                  key,
                  (k, seen) -> {
                    if (seen.isEmpty()) {
                      return;
                    }
                    Optional<Place> madeFor = madeFor(seen.get().madeFor());
                    if (madeFor.isPresent() && open.contains(madeFor.get())) {
                      report.onTheWay();
                    } else {
                      report.orphan(k);
                      writeText(orphans, k);
                    }
                  }));
      check.await();
    }
  }

  /** Reads {@code topic/partition/offset}. */
  static Optional<Place> madeFor(String text) {
    int slash = text.lastIndexOf('/');
    int before = slash < 0 ? -1 : text.lastIndexOf('/', slash - 1);
    return before < 0
        ? Optional.empty()
        : Place.parse(
            text.substring(0, before)
                + "-"
                + text.substring(before + 1, slash)
                + "@"
                + text.substring(slash + 1));
  }

  /**
   * Hands on what the last check has found of some kinds, a submission's indexes at a time.
   *
   * @param kinds which
   */
  Map<Place, Indexes> findings(Set<Finding.Kind> kinds) throws CheckException {
    Map<Place, Indexes> found = new TreeMap<>();
    try {
      read(
          "findings",
          in ->
              new FoundRange(
                  Finding.Kind.values()[in.readByte()], in.readUTF(), in.readLong(), in.readLong()),
          range -> {
            if (kinds.contains(range.kind())) {
              found
                  .computeIfAbsent(
                      Place.parse(range.submission()).orElseThrow(), place -> new Indexes())
                  .add(range.first(), range.end());
            }
          });
    } catch (IOException e) {
      throw failed(e);
    }
    return found;
  }

  private record FoundRange(Finding.Kind kind, String submission, long first, long end) {}

  /** Hands on the objects that no record names and that are not on their way. */
  void orphans(Consumer<String> receiver) throws CheckException {
    try {
      read("orphans", in -> in.readUTF(), receiver);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** The objects that are there and not what a record says that counts. */
  Set<String> wrongObjects() throws CheckException {
    Map<Place, Indexes> found =
        findings(EnumSet.of(Finding.Kind.WRONG_LENGTH, Finding.Kind.WRONG_HASH));
    Set<String> keys = new TreeSet<>();
    try {
      read(
          "wrong",
          PictureRef::read,
          ref -> {
            Indexes indexes = found.get(ref.submission());
            if (indexes != null && indexes.contains(ref.index())) {
              keys.add(ref.key());
            }
          });
    } catch (IOException e) {
      throw failed(e);
    }
    return keys;
  }

  private DataOutputStream out(String name) throws IOException {
    return new DataOutputStream(
        new BufferedOutputStream(Files.newOutputStream(folder.resolve(name))));
  }

  private <T> void read(String name, Buckets.Reader<T> reader, Consumer<T> receiver)
      throws IOException {
    Buckets.readFile(folder.resolve(name), reader, receiver);
  }

  private static void writeText(DataOutputStream out, String text) {
    try {
      out.writeUTF(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws CheckException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw failed(e);
    }
  }
}
