package io.chitra.dataset.plan;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.PictureLook;
import io.chitra.schemas.BadRecordException;
import io.chitra.schemas.Codec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * Rows with what was seen in them as bytes, and files of rows: Avro container files whose records
 * hold a picture's record as the topic of results has it, where it lies there, and the look as
 * JSON.
 */
final class RowCodec {

  static final String CONTENT_TYPE = "application/avro";

  private static final Schema SCHEMA =
      SchemaBuilder.record("DatasetRow")
          .namespace("io.chitra.dataset")
          .fields()
          .requiredBytes("record")
          .requiredInt("result_partition")
          .requiredLong("result_offset")
          .optionalString("look")
          .endRecord();

  private static final int NO_LOOK = 0;
  private static final int LOOK = 1;

  private static final int DEFLATE_LEVEL = 1;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private RowCodec() {}

  /** The row as one record of the schema, without a header. */
  static byte[] encode(DatasetRow row) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    encoder.writeBytes(Codec.imageRecords().encode(row.record()));
    encoder.writeInt(row.resultPartition());
    encoder.writeLong(row.resultOffset());
    if (row.look() == null) {
      encoder.writeIndex(NO_LOOK);
    } else {
      encoder.writeIndex(LOOK);
      encoder.writeString(JSON.writeValueAsString(row.look()));
    }
    encoder.flush();
    return out.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  static DatasetRow decode(byte[] bytes) throws IOException {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(bytes, null);
    ByteBuffer record = decoder.readBytes(null);
    int partition = decoder.readInt();
    long offset = decoder.readLong();
    String look = decoder.readIndex() == LOOK ? decoder.readString() : null;
    return row(record, partition, offset, look);
  }

  private static DatasetRow row(
      ByteBuffer record, int partition, long offset, @Nullable String look) throws IOException {
    byte[] value = new byte[record.remaining()];
    record.get(value);
    try {
      return new DatasetRow(
          Codec.imageRecords().decode(value),
          partition,
          offset,
          look == null ? null : JSON.readValue(look, PictureLook.class));
    } catch (BadRecordException e) {
      throw new IOException("a row holds no record: " + e.getMessage(), e);
    }
  }

  /** Begins a file of rows; closing it closes the stream. */
  static Writer writer(OutputStream out) throws IOException {
    return new Writer(out);
  }

  /** The rows of a file, one at a time. */
  static Iterator<DatasetRow> read(byte[] file) throws IOException {
    DataFileStream<GenericRecord> stream =
        new DataFileStream<>(new ByteArrayInputStream(file), new GenericDatumReader<>(SCHEMA));
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return stream.hasNext();
      }

      @Override
      public DatasetRow next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        try {
          return row(stream.next());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private static DatasetRow row(GenericRecord record) throws IOException {
    Object look = record.get("look");
    return row(
        (ByteBuffer) record.get("record"),
        (Integer) record.get("result_partition"),
        (Long) record.get("result_offset"),
        look == null ? null : look.toString());
  }

  /** Writes a file of rows, in order. */
  static final class Writer implements AutoCloseable {
    private final DataFileWriter<GenericRecord> file;

    private Writer(OutputStream out) throws IOException {
      file =
          new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(SCHEMA))
              .setCodec(CodecFactory.deflateCodec(DEFLATE_LEVEL))
              .create(SCHEMA, out);
    }

    void add(DatasetRow row) throws IOException {
      file.appendEncoded(ByteBuffer.wrap(encode(row)));
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
