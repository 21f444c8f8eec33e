package io.chitra.worker.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.chitra.dataset.parquet.MemoryFile;
import io.chitra.dataset.parquet.ZstdCodec;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Records as one Parquet file in memory: the columns of {@link ImageRecord}, records and lists
 * within them as groups and lists, labels as a JSON object (their values have several types, which
 * Parquet's maps cannot say), and where in {@code render.results} the record lies.
 *
 * <p>Single-threaded: rows are added, then {@link #toParquet()} ends it.
 */
final class RecordTable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Schema SCHEMA = schema();

  private final List<GenericRecord> rows = new ArrayList<>();

  void add(int partition, long offset, ImageRecord record) {
    GenericRecord row = new GenericData.Record(SCHEMA);
    for (Field field : ImageRecord.getClassSchema().getFields()) {
      Object value = record.get(field.pos());
      row.put(
          field.name(),
          field.name().equals("labels")
              ? json(record)
              : value instanceof Instant instant ? (Object) instant.toEpochMilli() : value);
    }
    row.put("result_partition", partition);
    row.put("result_offset", offset);
    rows.add(row);
  }

  byte[] toParquet() {
    MemoryFile file = new MemoryFile();
    try (ParquetWriter<GenericRecord> writer =
        AvroParquetWriter.<GenericRecord>builder(file)
            .withSchema(SCHEMA)
            .withDataModel(GenericData.get())
            .withConf(configuration())
            .withCodecFactory(new ZstdCodec())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .build()) {
      for (GenericRecord row : rows) {
        writer.write(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + rows.size() + " records to memory", e);
    }
    return file.bytes();
  }

  /** Lists as the Parquet format has them now, whose items are called "element" everywhere. */
  private static ParquetConfiguration configuration() {
    ParquetConfiguration configuration = new PlainParquetConfiguration();
    configuration.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
    return configuration;
  }

  private static Schema schema() {
    List<Field> fields = new ArrayList<>();
    for (Field field : ImageRecord.getClassSchema().getFields()) {
      fields.add(
          field.name().equals("labels")
              ? new Field("labels", Schema.create(Schema.Type.STRING), "A JSON object.")
              : new Field(field, field.schema()));
    }
    fields.add(new Field("result_partition", Schema.create(Schema.Type.INT)));
    fields.add(new Field("result_offset", Schema.create(Schema.Type.LONG)));
    return Schema.createRecord(
        "ImageRecordRow", "One picture's metadata.", "io.chitra.records", false, fields);
  }

  private static String json(ImageRecord record) {
    try {
      return JSON.writeValueAsString(new TreeMap<>(record.getLabels()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Cannot write the labels of " + record.getJobId(), e);
    }
  }
}
