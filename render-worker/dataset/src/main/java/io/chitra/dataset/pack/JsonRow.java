package io.chitra.dataset.pack;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.chitra.dataset.table.Column;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows as objects of JSON: a field for each column, in order. For columns of texts, numbers,
 * truth values and lists of them.
 */
final class JsonRow {

  private static final JsonFactory JSON =
      new JsonFactory(); // knows simple values alone, and is fast
  private static final int USUAL_BYTES = 2048;

  private final List<SerializableString> names;

  JsonRow(List<? extends Column<?>> columns) {
    this.names =
        columns.stream().<SerializableString>map(c -> new SerializedString(c.name())).toList();
  }

  /**
   * @param values a column each
   */
  byte[] bytes(@Nullable Object[] values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      for (int i = 0; i < values.length; i++) {
        out.writeFieldName(names.get(i));
        write(out, values[i]);
      }
      out.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator out, @Nullable Object value) throws IOException {
    if (value instanceof List<?> items) {
      out.writeStartArray();
      for (Object item : items) {
        out.writePOJO(item);
      }
      out.writeEndArray();
    } else {
      out.writePOJO(value);
    }
  }
}
