package io.chitra.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {

  private static final Codec<RenderJob> JOBS = Codec.renderJobs();

  private static final int HEADER_BYTES = 10;

  @Test
  void needsNoTrustThatTheJvmIsToldOf() throws BadRecordException {
    assertNull(System.getProperty("org.apache.avro.SERIALIZABLE_PACKAGES"));
    assertNull(System.getProperty("org.apache.avro.SERIALIZABLE_CLASSES"));
    assertEquals(Stage.RESOLVE, roundTrip(Codec.deadLetters(), Records.deadLetter()).getStage());
  }

  @Test
  void recordsComeBackEqual() throws BadRecordException {
    roundTrip(JOBS, Records.renderJob());
    roundTrip(Codec.imageRecords(), Records.imageRecord());
    roundTrip(Codec.deadLetters(), Records.deadLetter());
    Instant now = Instant.ofEpochMilli(1_700_000_000_123L);
    Submission submission = new Submission("render.jobs", 1, 40L);
    roundTrip(Codec.cancels(), new Cancel("d", null, List.of(submission), now, "a program"));
    roundTrip(Codec.cancelledRanges(), new CancelledRange(submission, "cat", "d", 3, 7, now));
    roundTrip(Codec.incidents(), new Incident(IncidentKind.REPAIRED, "all is well", now));
    RenderJob small = RenderJob.newBuilder().setId("a").setPrompt("b").build();
    assertNull(roundTrip(JOBS, small).getNegativePrompt());
  }

  @Test
  void ofAResultTheEntryIsReadAlone() throws BadRecordException {
    ImageRecord record = Records.imageRecord();
    PictureEntry entry = Codec.pictureEntries().decode(Codec.imageRecords().encode(record));

    assertEquals(record.getJobId(), entry.getJobId());
    assertEquals(record.getDataset(), entry.getDataset());
    assertEquals(record.getImageIndex(), entry.getImageIndex());
    assertEquals(record.getSubmission(), entry.getSubmission());
    assertEquals(record.getObjectKey(), entry.getObjectKey());
    assertEquals(record.getFileBytes(), entry.getFileBytes());
    assertEquals(record.getFileSha256(), entry.getFileSha256());
    assertEquals(record.getReused(), entry.getReused());
    byte[] other = Codec.deadLetters().encode(Records.deadLetter());
    assertThrows(BadRecordException.class, () -> Codec.pictureEntries().decode(other));
  }

  @Test
  void encodesAsAvroDoes() throws IOException {
    RenderJob job = RenderJob.newBuilder().setId("a").setPrompt("নীল").build();
    ByteBuffer avros = job.toByteBuffer();
    byte[] expected = new byte[avros.remaining()];
    avros.get(expected);
    assertArrayEquals(expected, JOBS.encode(job));
  }

  @Test
  void refusesToEncodeWhatTheSchemaDoesNotAllow() {
    RenderJob job = Records.renderJob();
    job.setLabels(Map.of("when", Optional.of("never")));
    assertThrows(IllegalArgumentException.class, () -> JOBS.encode(job));
  }

  @Test
  void readsAnOlderVersion() throws Exception {
    Schema older =
        SchemaBuilder.record("io.chitra.schemas.RenderJob")
            .fields()
            .requiredString("prompt")
            .requiredString("id")
            .optionalInt("steps_of_old")
            .endRecord();
    GenericRecord record = new GenericData.Record(older);
    record.put("prompt", "a cat");
    record.put("id", "cat");
    record.put("steps_of_old", 5);

    RenderJob job = JOBS.withSchemas(knowing(older)).decode(bytes(record));

    assertEquals(RenderJob.newBuilder().setId("cat").setPrompt("a cat").build(), job);
  }

  @Test
  void readsANewerVersionAndAsksForItsSchemaOnce() throws Exception {
    Schema newer = newer();
    AtomicInteger asked = new AtomicInteger();
    SchemaSource source =
        fingerprint -> {
          asked.incrementAndGet();
          return knowing(newer).find(fingerprint);
        };
    Codec<RenderJob> codec = JOBS.withSchemas(source);
    byte[] bytes = bytes(newerRecord(newer));

    assertEquals("a cat", codec.decode(bytes).getPrompt());
    assertEquals("a cat", codec.decode(bytes).getPrompt());

    assertEquals(1, asked.get());
    assertThrows(BadRecordException.class, () -> JOBS.decode(bytes));
  }

  @Test
  void asksAgainForASchemaThatWasNotThere() throws Exception {
    Schema newer = newer();
    AtomicInteger asked = new AtomicInteger();
    Codec<RenderJob> codec =
        JOBS.withSchemas(
            fingerprint -> asked.incrementAndGet() == 1 ? Optional.empty() : Optional.of(newer));
    byte[] bytes = bytes(newerRecord(newer));

    assertThrows(BadRecordException.class, () -> codec.decode(bytes));
    assertEquals("a cat", codec.decode(bytes).getPrompt());
  }

  @Test
  void failuresOfTheSchemaSourceAreNotTheRecords() throws IOException {
    IllegalStateException away = new IllegalStateException("the store is away");
    Codec<RenderJob> codec =
        JOBS.withSchemas(
            fingerprint -> {
              throw away;
            });
    byte[] bytes = bytes(newerRecord(newer()));
    assertSame(away, assertThrows(IllegalStateException.class, () -> codec.decode(bytes)));
  }

  @Test
  void tellsWhenTheSourceHasAnotherSchema() throws IOException {
    Codec<RenderJob> codec =
        JOBS.withSchemas(fingerprint -> Optional.of(Submission.getClassSchema()));
    byte[] bytes = bytes(newerRecord(newer()));
    BadRecordException e = assertThrows(BadRecordException.class, () -> codec.decode(bytes));
    assertEquals(
        "Cannot read a RenderJob: the schema kept as %s is another one, with the fingerprint %s;"
                .formatted(
                    Codec.hex(Codec.fingerprint(newer())),
                    Codec.hex(Codec.fingerprint(Submission.getClassSchema())))
            + " keep the right one there",
        e.getMessage());
  }

  @Test
  void tellsWhenAWritersSchemaCannotBeResolved() throws IOException {
    Schema odd =
        SchemaBuilder.record("io.chitra.schemas.RenderJob")
            .fields()
            .requiredString("id")
            .requiredInt("prompt")
            .endRecord();
    GenericRecord record = new GenericData.Record(odd);
    record.put("id", "cat");
    record.put("prompt", 5);
    byte[] bytes = bytes(record);
    Codec<RenderJob> codec = JOBS.withSchemas(knowing(odd));
    BadRecordException e = assertThrows(BadRecordException.class, () -> codec.decode(bytes));
    assertEquals("Cannot read a RenderJob: Found int, expecting string", e.getMessage());
  }

  static Stream<Arguments> brokenBytes() {
    byte[] good = JOBS.encode(Records.renderJob());
    String unknown =
        "its schema 0807060504030201 is unknown here; keep it as schemas/0807060504030201.avsc in"
            + " the bucket, or use a version of Chitra that knows it";
    String noMark =
        " and not with c301, the mark of Avro's single-object encoding; producers send that mark,"
            + " the schema's fingerprint and the payload";
    return Stream.of(
        Arguments.of("empty", new byte[0], "it is empty"),
        Arguments.of("one byte", new byte[1], "it has 1 bytes, and the header alone has 10"),
        Arguments.of(
            "JSON", "{\"prompt\":\"a cat\"}".getBytes(UTF_8), "it begins with 7b22" + noMark),
        Arguments.of(
            "the registry's framing",
            new byte[] {0, 0, 0, 0, 7, 1, 2, 3, 4, 5},
            "it begins with 0000" + noMark),
        Arguments.of(
            "unknown schema", new byte[] {(byte) 0xc3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 0}, unknown),
        Arguments.of("header only", payload(), "the bytes end too early"),
        Arguments.of(
            "truncated",
            Arrays.copyOf(good, good.length - 1),
            "a text of 12 bytes cannot be in the 11 left"),
        Arguments.of(
            "trailing bytes",
            Arrays.copyOf(good, good.length + 3),
            "3 of " + (good.length + 3) + " bytes are left over after its end"),
        Arguments.of(
            "negative length", payload(0x01), "a text of -1 bytes cannot be in the 0 left"),
        Arguments.of(
            "huge length",
            payload(0xfe, 0xff, 0xff, 0xff, 0x0f, 'a'),
            "a text of 2147483647 bytes cannot be in the 1 left"),
        Arguments.of(
            "length over 64 bits",
            payload(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
            "a whole number is longer than 64 bits"),
        Arguments.of("malformed UTF-8", payload(0x04, 0xc3, 0x28), "a text is not UTF-8"),
        Arguments.of("encoded surrogate", payload(0x06, 0xed, 0xa0, 0x80), "a text is not UTF-8"),
        Arguments.of(
            "huge map",
            payload(0x02, 'a', 0x00, 0xfe, 0xff, 0xff, 0xff, 0x0f),
            "a collection of 2147483647 items cannot be in the 0 bytes left"),
        Arguments.of(
            "map of the smallest negative count",
            payload(
                0x02, 'a', 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00),
            "a collection of -9223372036854775808 items cannot be in the 0 bytes left"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenBytes")
  void refusesBrokenBytes(String name, byte[] bytes, String why) {
    BadRecordException e = assertThrows(BadRecordException.class, () -> JOBS.decode(bytes));
    assertEquals("Cannot read a RenderJob: " + why, e.getMessage());
  }

  @Test
  void refusesABranchThatIsNone() {
    byte[] bytes = payload(0x02, 'a', 0x7e);
    assertThrows(BadRecordException.class, () -> JOBS.decode(bytes));
  }

  @Test
  void refusesRecordsOfAnotherKind() {
    byte[] bytes = Codec.deadLetters().encode(Records.deadLetter());
    assertThrows(BadRecordException.class, () -> JOBS.decode(bytes));
  }

  /** Whatever the bytes, either a record comes out or the one exception. */
  @Test
  void survivesMutatedBytes() {
    survives(JOBS, Records.renderJob());
    survives(Codec.imageRecords(), Records.imageRecord());
    survives(Codec.deadLetters(), Records.deadLetter());
  }

  private static <T extends SpecificRecordBase> void survives(Codec<T> codec, T record) {
    byte[] good = codec.encode(record);
    Random random = new Random(7);
    List<Consumer<byte[]>> mutations =
        List.of(
            bytes -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8)),
            bytes -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256),
            bytes -> bytes[random.nextInt(bytes.length)] = (byte) 0xff,
            bytes -> {
              int from = HEADER_BYTES + random.nextInt(bytes.length - HEADER_BYTES);
              Arrays.fill(bytes, from, Math.min(bytes.length, from + 9), (byte) 0xff);
            });
    int refused = 0;
    for (int round = 0; round < 10_000; round++) {
      byte[] bytes = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        mutations.get(random.nextInt(mutations.size())).accept(bytes);
      }
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, HEADER_BYTES + random.nextInt(bytes.length));
      }
      try {
        codec.decode(bytes);
      } catch (BadRecordException e) {
        refused++;
      }
    }
    assertTrue(refused > 1000, "the mutations are harmless");
  }

  private static <T extends SpecificRecordBase> T roundTrip(Codec<T> codec, T record)
      throws BadRecordException {
    T decoded = codec.decode(codec.encode(record));
    assertEquals(record, decoded);
    return decoded;
  }

  /** The header of the present schema, and a payload of these bytes. */
  private static byte[] payload(int... bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(JOBS.encode(Records.renderJob()), 0, HEADER_BYTES);
    for (int b : bytes) {
      out.write(b);
    }
    return out.toByteArray();
  }

  private static Schema newer() {
    return SchemaBuilder.record("io.chitra.schemas.RenderJob")
        .fields()
        .requiredString("id")
        .requiredString("prompt")
        .name("layers")
        .type()
        .array()
        .items()
        .stringType()
        .noDefault()
        .endRecord();
  }

  private static GenericRecord newerRecord(Schema newer) {
    GenericRecord record = new GenericData.Record(newer);
    record.put("id", "cat");
    record.put("prompt", "a cat");
    record.put("layers", List.of("house.png", "tree.png"));
    return record;
  }

  private static SchemaSource knowing(Schema schema) {
    return fingerprint -> Optional.of(schema).filter(s -> Codec.fingerprint(s) == fingerprint);
  }

  private static byte[] bytes(GenericRecord record) throws IOException {
    ByteBuffer buffer =
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), record.getSchema())
            .encode(record);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
