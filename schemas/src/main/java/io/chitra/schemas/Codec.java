package io.chitra.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into bytes and back in Avro's single-object encoding: the marker C3 01, the
 * CRC-64-AVRO fingerprint of the writer's schema (little-endian), the binary payload. So every
 * record names its schema, and is resolved to the present one: older schemas are in the jar, newer
 * ones come from a {@link SchemaSource}. Immutable but for a cache; safe for use by several
 * threads.
 *
 * @see <a
 *     href="https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding">Single-object
 *     encoding</a>
 */
public final class Codec<T extends SpecificRecordBase> {

  /** The key of the worker's beats in the topic of sums. */
  public static final String BEAT_KEY = "worker";

  private static final int MARKER = 0xC301;
  private static final int HEADER_BYTES = 2 + Long.BYTES;

  private static final SpecificData DATA = new GeneratedClasses();

  private static final Codec<RenderJob> RENDER_JOBS = new Codec<>(RenderJob.getClassSchema());
  private static final Codec<ImageRecord> IMAGE_RECORDS = new Codec<>(ImageRecord.getClassSchema());
  private static final Codec<DeadLetter> DEAD_LETTERS = new Codec<>(DeadLetter.getClassSchema());
  private static final Codec<CancelledRange> CANCELLED_RANGES =
      new Codec<>(CancelledRange.getClassSchema());
  private static final Codec<Cancel> CANCELS = new Codec<>(Cancel.getClassSchema());
  private static final Codec<Incident> INCIDENTS = new Codec<>(Incident.getClassSchema());
  private static final Codec<SubmissionSummary> SUMMARIES =
      new Codec<>(SubmissionSummary.getClassSchema());
  private static final Codec<ArchivedRecord> ARCHIVED_RECORDS =
      new Codec<>(ArchivedRecord.getClassSchema());
  private static final Codec<WorkerBeat> BEATS = new Codec<>(WorkerBeat.getClassSchema());
  private static final Codec<PictureEntry> PICTURE_ENTRIES =
      new Codec<PictureEntry>(PictureEntry.getClassSchema(), SchemaSource.NONE)
          .reading(ImageRecord.getClassSchema());

  private final Schema schema;
  private final SchemaSource source;
  private final byte[] header;
  private final SpecificDatumWriter<T> writer;
  private final Map<Long, SpecificDatumReader<T>> readers = new ConcurrentHashMap<>();

  private Codec(Schema schema) {
    this(schema, SchemaSource.NONE);
    Codec<T> unused = reading(schema);
  }

  /** Knows a schema and its history: records that were written with one of them can be read. */
  private Codec<T> reading(Schema written) {
    for (Schema version : SchemaHistory.of(written.getName())) {
      readers.put(fingerprint(version), reader(version));
    }
    readers.put(fingerprint(written), reader(written));
    return this;
  }

  private Codec(Schema schema, SchemaSource source) {
    this.schema = schema;
    this.source = source;
    this.header =
        ByteBuffer.allocate(HEADER_BYTES)
            .putShort((short) MARKER)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(fingerprint(schema))
            .array();
    this.writer = new SpecificDatumWriter<>(schema, DATA);
  }

  /** For values of the topic of jobs. */
  public static Codec<RenderJob> renderJobs() {
    return RENDER_JOBS;
  }

  /** For values of the topic of results. */
  public static Codec<ImageRecord> imageRecords() {
    return IMAGE_RECORDS;
  }

  /** For values of the topic of dead letters. */
  public static Codec<DeadLetter> deadLetters() {
    return DEAD_LETTERS;
  }

  /** For values of the topic of cancelled pictures. */
  public static Codec<CancelledRange> cancelledRanges() {
    return CANCELLED_RANGES;
  }

  /** For values of the topic of requests to cancel. */
  public static Codec<Cancel> cancels() {
    return CANCELS;
  }

  /** For values of the topic of incidents. */
  public static Codec<Incident> incidents() {
    return INCIDENTS;
  }

  /** For values of the topic of sums, but for those with the key {@link #BEAT_KEY}. */
  public static Codec<SubmissionSummary> summaries() {
    return SUMMARIES;
  }

  /** For records on their way to the archive. */
  public static Codec<ArchivedRecord> archivedRecords() {
    return ARCHIVED_RECORDS;
  }

  /** Avro's model of the generated classes. */
  static SpecificData classes() {
    return DATA;
  }

  /** For values of the topic of sums with the key {@link #BEAT_KEY}. */
  public static Codec<WorkerBeat> beats() {
    return BEATS;
  }

  /**
   * For reading values of the topic of results, without most of their fields: these are passed
   * over. Not for writing.
   */
  public static Codec<PictureEntry> pictureEntries() {
    return PICTURE_ENTRIES;
  }

  /** The same codec, looking up schemas that it does not know in the given source. */
  public Codec<T> withSchemas(SchemaSource source) {
    Codec<T> codec = new Codec<>(schema, source);
    codec.readers.putAll(readers);
    return codec;
  }

  /** The schema that this codec writes with. */
  public Schema schema() {
    return schema;
  }

  /** The fingerprint of the schema that this codec writes with. */
  public long fingerprint() {
    return fingerprint(schema);
  }

  /** The CRC-64-AVRO fingerprint of a schema's canonical form. */
  public static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }

  /** A fingerprint as it is written in messages and file names: 16 hexadecimal digits. */
  public static String hex(long fingerprint) {
    return String.format("%016x", fingerprint);
  }

  /**
   * Encodes a record.
   *
   * @throws IllegalArgumentException when a field that must be there is null, or has a value that
   *     its schema does not allow
   */
  public byte[] encode(T value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    out.writeBytes(header);
    try {
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      writer.write(value, encoder);
      encoder.flush();
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "Cannot encode a " + schema.getName() + ": " + e.getMessage(), e);
    }
    return out.toByteArray();
  }

  /** The record that bytes are, or nothing where they are none, or none that can be read. */
  public Optional<T> ifReadable(byte @Nullable [] bytes) {
    try {
      return bytes == null ? Optional.empty() : Optional.of(decode(bytes));
    } catch (BadRecordException e) {
      return Optional.empty();
    }
  }

  /**
   * Decodes a record, whatever bytes these are: it allocates no more than in proportion to their
   * number.
   *
   * @throws BadRecordException when they are no such record, with the reason
   */
  public T decode(byte[] bytes) throws BadRecordException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    SpecificDatumReader<T> reader = readerOf(buffer);
    T value;
    try {
      value = reader.read(null, new StrictDecoder(buffer));
    } catch (IOException | RuntimeException e) {
      throw bad(String.valueOf(e.getMessage()), e);
    }
    if (buffer.hasRemaining()) {
      throw bad(
          buffer.remaining() + " of " + bytes.length + " bytes are left over after its end", null);
    }
    return value;
  }

  /** Reads the header. */
  private SpecificDatumReader<T> readerOf(ByteBuffer bytes) throws BadRecordException {
    if (bytes.remaining() < HEADER_BYTES) {
      throw bad(
          bytes.hasRemaining()
              ? "it has " + bytes.remaining() + " bytes, and the header alone has " + HEADER_BYTES
              : "it is empty",
          null);
    }
    int marker = bytes.getShort() & 0xffff;
    if (marker != MARKER) {
      throw bad(
          String.format(
              "it begins with %04x and not with c301, the mark of Avro's single-object encoding;"
                  + " producers send that mark, the schema's fingerprint and the payload",
              marker),
          null);
    }
    long fingerprint = bytes.order(ByteOrder.LITTLE_ENDIAN).getLong();
    SpecificDatumReader<T> known = readers.get(fingerprint);
    return known != null ? known : foundReader(fingerprint);
  }

  /** Looks up a schema that is not in the jar. What is not found is asked for again next time. */
  private SpecificDatumReader<T> foundReader(long fingerprint) throws BadRecordException {
    Optional<Schema> found = source.find(fingerprint);
    if (found.isEmpty()) {
      throw bad(
          "its schema "
              + hex(fingerprint)
              + " is unknown here; keep it as schemas/"
              + hex(fingerprint)
              + ".avsc in the bucket, or use a version of Chitra that knows it",
          null);
    }
    if (fingerprint(found.get()) != fingerprint) {
      throw bad(
          "the schema kept as "
              + hex(fingerprint)
              + " is another one, with the fingerprint "
              + hex(fingerprint(found.get()))
              + "; keep the right one there",
          null);
    }
    SpecificDatumReader<T> reader = reader(found.get());
    readers.put(fingerprint, reader);
    return reader;
  }

  private SpecificDatumReader<T> reader(Schema writerSchema) {
    return new SpecificDatumReader<>(writerSchema, schema, DATA);
  }

  private BadRecordException bad(String why, @Nullable Exception cause) {
    String message = "Cannot read a " + schema.getName() + ": " + why;
    return cause == null ? new BadRecordException(message) : new BadRecordException(message, cause);
  }

  /**
   * Avro's model of the generated classes. It names them itself: Avro's way, by their names in the
   * schema, works only in a JVM that was told to trust their package.
   */
  private static final class GeneratedClasses extends SpecificData {

    private static final Map<String, Class<?>> CLASSES =
        Stream.of(
                ArchivedHeader.class,
                ArchivedRecord.class,
                RenderJob.class,
                ImageRecord.class,
                DeadLetter.class,
                Cancel.class,
                CancelledRange.class,
                FailureReason.class,
                Incident.class,
                IncidentKind.class,
                IndexRange.class,
                InputFile.class,
                Lora.class,
                MaskShape.class,
                Outpaint.class,
                PictureEntry.class,
                Point.class,
                RecentEnds.class,
                Rectangle.class,
                Stage.class,
                Submission.class,
                SubmissionSummary.class,
                Vae.class,
                WorkerBeat.class)
            .collect(Collectors.toMap(Class::getName, Function.identity()));

    GeneratedClasses() {
      super(Codec.class.getClassLoader());
      addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    }

    /** Avro's own check knows no subclasses. */
    @Override
    public boolean isFastReaderEnabled() {
      return true;
    }

    @Override
    @SuppressWarnings("rawtypes") // as in the method that it overrides
    public @Nullable Class getClass(Schema schema) {
      return switch (schema.getType()) {
        case RECORD, ENUM -> CLASSES.get(schema.getFullName());
        default -> super.getClass(schema);
      };
    }
  }
}
