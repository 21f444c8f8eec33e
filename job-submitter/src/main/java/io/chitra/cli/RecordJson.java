package io.chitra.cli;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/** A record of a topic as JSON, its fields under their own names; times as ISO 8601. */
final class RecordJson {

  private RecordJson() {}

  static Map<String, @Nullable Object> of(IndexedRecord record) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    for (Field field : record.getSchema().getFields()) {
      json.put(field.name(), value(record.get(field.pos())));
    }
    return json;
  }

  private static @Nullable Object value(@Nullable Object value) {
    if (value instanceof IndexedRecord record) {
      return of(record);
    } else if (value instanceof List<?> list) {
      return list.stream().map(RecordJson::value).collect(Collectors.toList());
    } else if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> sorted = new TreeMap<>();
      map.forEach((name, of) -> sorted.put(String.valueOf(name), value(of)));
      return sorted;
    } else if (value instanceof Instant time) {
      return time.toString();
    }
    return value;
  }
}
