package io.chitra.dataset.parquet;

import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.ColumnType;
import io.chitra.dataset.table.PictureCell;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * Turns rows into Parquet's columns; each is optional. Lists have the form that the format asks for
 * now, with items called "element". Single-threaded.
 */
final class ColumnWriter<T> extends WriteSupport<T> {

  private final List<Column<T>> columns;
  private final Map<String, String> metadata;
  private @Nullable RecordConsumer consumer;

  ColumnWriter(List<Column<T>> columns, Map<String, String> metadata) {
    this.columns = columns;
    this.metadata = metadata;
  }

  @Override
  public String getName() {
    return "chitra";
  }

  @Override
  public WriteContext init(Configuration configuration) {
    return context();
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return context();
  }

  private WriteContext context() {
    Types.MessageTypeBuilder schema = Types.buildMessage();
    columns.forEach(column -> schema.addField(type(column.name(), column.type())));
    return new WriteContext(message(schema), metadata);
  }

  private static MessageType message(Types.MessageTypeBuilder schema) {
    return schema.named("row");
  }

  private static Type type(String name, ColumnType type) {
    return switch (type) {
      case STRING -> text(name);
      case INT -> primitive(PrimitiveTypeName.INT32, null, name);
      case LONG, CLASS -> primitive(PrimitiveTypeName.INT64, null, name);
      case FLOAT -> primitive(PrimitiveTypeName.FLOAT, null, name);
      case DOUBLE -> primitive(PrimitiveTypeName.DOUBLE, null, name);
      case BOOLEAN -> primitive(PrimitiveTypeName.BOOLEAN, null, name);
      case UINT8 -> primitive(PrimitiveTypeName.INT32, unsigned(8), name);
      case UINT16 -> primitive(PrimitiveTypeName.INT32, unsigned(16), name);
      case UINT32 -> primitive(PrimitiveTypeName.INT32, unsigned(32), name);
      case TIMESTAMP ->
          primitive(
              PrimitiveTypeName.INT64,
              LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS),
              name);
      case INTS ->
          Types.optionalList()
              .element(primitive(PrimitiveTypeName.INT32, null, "element"))
              .named(name);
      case STRINGS -> Types.optionalList().element(text("element")).named(name);
      case PICTURE ->
          Types.optionalGroup()
              .addField(primitive(PrimitiveTypeName.BINARY, null, "bytes"))
              .addField(text("path"))
              .named(name);
    };
  }

  private static Type text(String name) {
    return primitive(PrimitiveTypeName.BINARY, LogicalTypeAnnotation.stringType(), name);
  }

  private static LogicalTypeAnnotation unsigned(int bits) {
    return LogicalTypeAnnotation.intType(bits, false);
  }

  private static Type primitive(
      PrimitiveTypeName type, @Nullable LogicalTypeAnnotation meaning, String name) {
    return Types.optional(type).as(meaning).named(name);
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    consumer = recordConsumer;
  }

  @Override
  public void write(T row) {
    RecordConsumer out = consumer;
    if (out == null) {
      throw new IllegalStateException("Parquet's writer writes before it is prepared");
    }
    out.startMessage();
    for (int i = 0; i < columns.size(); i++) {
      Column<T> column = columns.get(i);
      Object value = column.of(row);
      if (value != null) {
        out.startField(column.name(), i);
        write(out, column.type(), value);
        out.endField(column.name(), i);
      }
    }
    out.endMessage();
  }

  private static void write(RecordConsumer out, ColumnType type, Object value) {
    switch (type) {
      case STRING -> out.addBinary(Binary.fromString((String) value));
      case INT, UINT8, UINT16 -> out.addInteger((Integer) value);
      case UINT32 -> out.addInteger((int) (long) (Long) value);
      case LONG, CLASS -> out.addLong((Long) value);
      case FLOAT -> out.addFloat((Float) value);
      case DOUBLE -> out.addDouble((Double) value);
      case BOOLEAN -> out.addBoolean((Boolean) value);
      case TIMESTAMP -> out.addLong(ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value));
      case INTS -> list(out, ColumnType.INT, (List<?>) value);
      case STRINGS -> list(out, ColumnType.STRING, (List<?>) value);
      case PICTURE -> {
        PictureCell picture = (PictureCell) value;
        out.startGroup();
        out.startField("bytes", 0);
        out.addBinary(Binary.fromConstantByteArray(picture.bytes()));
        out.endField("bytes", 0);
        out.startField("path", 1);
        out.addBinary(Binary.fromString(picture.path()));
        out.endField("path", 1);
        out.endGroup();
      }
    }
  }

  private static void list(RecordConsumer out, ColumnType type, List<?> items) {
    out.startGroup();
    if (!items.isEmpty()) {
      out.startField("list", 0);
      for (Object item : items) {
        out.startGroup();
        out.startField("element", 0);
        write(out, type, item);
        out.endField("element", 0);
        out.endGroup();
      }
      out.endField("list", 0);
    }
    out.endGroup();
  }
}
