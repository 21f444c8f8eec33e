package io.chitra.schemas;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;

/**
 * Archived records as an Avro container file, deflated, which any Avro library reads. The same
 * records are the same bytes.
 *
 * @see <a
 *     href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Container
 *     files</a>
 */
public final class ArchiveFile {

  private static final int DEFLATE_LEVEL = 6;

  private ArchiveFile() {}

  /**
   * Writes records of one partition, in the order of their offsets.
   *
   * @param records one at least
   */
  public static byte[] write(List<ArchivedRecord> records) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SpecificDatumWriter<ArchivedRecord> datum =
        new SpecificDatumWriter<>(ArchivedRecord.getClassSchema(), Codec.classes());
    try (DataFileWriter<ArchivedRecord> writer = new DataFileWriter<>(datum)) {
      writer.setCodec(CodecFactory.deflateCodec(DEFLATE_LEVEL));
      writer.create(ArchivedRecord.getClassSchema(), out, syncMarker(records.get(0)));
      for (ArchivedRecord record : records) {
        writer.append(record);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write records to memory", e);
    }
    return out.toByteArray();
  }

  /** What Avro would draw at random. */
  private static byte[] syncMarker(ArchivedRecord first) {
    String name = "%s-%d@%d".formatted(first.getTopic(), first.getPartition(), first.getOffset());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(digest, DataFileConstants.SYNC_SIZE);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws BadRecordException when it is none, or is damaged
   */
  public static List<ArchivedRecord> read(byte[] file) throws BadRecordException {
    SpecificDatumReader<ArchivedRecord> datum =
        new SpecificDatumReader<>(null, ArchivedRecord.getClassSchema(), Codec.classes());
    List<ArchivedRecord> records = new ArrayList<>();
    try (DataFileStream<ArchivedRecord> in =
        new DataFileStream<>(new ByteArrayInputStream(file), datum)) {
      in.forEach(records::add);
    } catch (IOException | RuntimeException e) {
      throw new BadRecordException("Cannot read an archive of records: " + e.getMessage(), e);
    }
    return records;
  }
}
