package io.chitra.cli.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.LabelTypes;
import io.chitra.dataset.table.RecordColumns;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code metadata.jsonl}. Every row has every column, with null for what it lacks;
 * labels and what only some tasks say have columns where a row has them. The reader takes each
 * column's type from the first rows of the file, so a row that shows a type which the first rows do
 * not is written at the head of the file; this class finds those rows while they come in. All are
 * seen before the first is written. Used by one thread.
 */
final class Metadata {

  /** So many rows surely lie within what the reader looks at for types. */
  private static final int FIRST_ROWS = 100;

  private static final List<Column<DatasetRow>> BUT_LABELS =
      RecordColumns.of(Collections.emptySortedMap(), column -> true);

  /** The first position that has a value, by column. */
  private final Map<String, Integer> firstSeen = new TreeMap<>();

  private final LabelTypes labels = new LabelTypes();
  private List<Column<DatasetRow>> columns = List.of();

  /** Takes note of the columns that a row has. */
  void see(int position, ImageRecord record) {
    DatasetRow row = new DatasetRow(record, 0, 0, null);
    BUT_LABELS.forEach(column -> see(position, column.name(), column.of(row)));
    record
        .getLabels()
        .forEach((name, value) -> see(position, RecordColumns.labelColumn(name), value));
    labels.see(record);
    columns = List.of();
  }

  private void see(int position, String column, @Nullable Object value) {
    if (value != null) {
      firstSeen.merge(column, position, Math::min);
    }
  }

  /** The positions whose rows stand before all others, in order. */
  SortedSet<Integer> head() {
    SortedSet<Integer> head = new TreeSet<>(firstSeen.values());
    head.removeIf(position -> position < FIRST_ROWS);
    return head;
  }

  /** Writes a row as one JSON object. */
  void write(JsonGenerator json, String fileName, RowSpool.Row place, ImageRecord record)
      throws IOException {
    if (columns.isEmpty()) {
      columns = RecordColumns.of(labels.types(), firstSeen::containsKey);
    }
    DatasetRow row = new DatasetRow(record, place.partition(), place.offset(), null);
    Map<String, @Nullable Object> cells = new LinkedHashMap<>();
    cells.put("file_name", fileName);
    columns.forEach(column -> cells.put(column.name(), column.of(row)));
    json.writePOJO(cells);
  }
}
