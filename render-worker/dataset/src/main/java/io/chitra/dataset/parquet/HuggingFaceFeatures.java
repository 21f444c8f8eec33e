package io.chitra.dataset.parquet;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.ColumnType;
import java.util.List;

/**
 * What the columns of a table are in the words of Hugging Face's {@code datasets}: the text that
 * its reader looks for under the key {@code huggingface} of a Parquet file.
 */
final class HuggingFaceFeatures {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private HuggingFaceFeatures() {}

  static <T> String json(List<Column<T>> columns, List<String> classes) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode features = root.putObject("info").putObject("features");
    for (Column<T> column : columns) {
      feature(features.putObject(column.name()), column.type(), classes);
    }
    return root.toString();
  }

  private static void feature(ObjectNode feature, ColumnType type, List<String> classes) {
    switch (type) {
      case STRING -> value(feature, "string");
      case INT -> value(feature, "int32");
      case LONG -> value(feature, "int64");
      case FLOAT -> value(feature, "float32");
      case DOUBLE -> value(feature, "float64");
      case BOOLEAN -> value(feature, "bool");
      case UINT8 -> value(feature, "uint8");
      case UINT16 -> value(feature, "uint16");
      case UINT32 -> value(feature, "uint32");
      case TIMESTAMP -> value(feature, "timestamp[us, tz=UTC]");
      case INTS -> list(feature, ColumnType.INT);
      case STRINGS -> list(feature, ColumnType.STRING);
      case PICTURE -> feature.put("_type", "Image");
      case CLASS -> {
        ArrayNode names = feature.putArray("names");
        classes.forEach(names::add);
        feature.put("_type", "ClassLabel");
      }
    }
  }

  private static void value(ObjectNode feature, String type) {
    feature.put("dtype", type).put("_type", "Value");
  }

  /** {@code Sequence} is what all versions of the library read; newer ones say {@code List}. */
  private static void list(ObjectNode feature, ColumnType item) {
    feature(feature.putObject("feature"), item, List.of());
    feature.put("_type", "Sequence");
  }
}
