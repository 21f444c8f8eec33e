package io.chitra.dataset.table;

import io.chitra.schemas.ImageRecord;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which labels the rows of a dataset have, and of which types; one whose values have several is
 * text. Used by one thread.
 */
public final class LabelTypes {

  private final SortedMap<String, ColumnType> types = new TreeMap<>();

  /** Takes note of a record's labels. */
  public void see(ImageRecord record) {
    record
        .getLabels()
        .forEach(
            (name, value) ->
                types.merge(
                    name, type(value), (one, other) -> one == other ? one : ColumnType.STRING));
  }

  private static ColumnType type(Object value) {
    if (value instanceof Long) {
      return ColumnType.LONG;
    }
    if (value instanceof Double) {
      return ColumnType.DOUBLE;
    }
    return value instanceof Boolean ? ColumnType.BOOLEAN : ColumnType.STRING;
  }

  /** All that were seen, by name: STRING, LONG, DOUBLE or BOOLEAN. */
  public SortedMap<String, ColumnType> types() {
    return Collections.unmodifiableSortedMap(types);
  }
}
