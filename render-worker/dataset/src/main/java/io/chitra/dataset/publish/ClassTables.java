package io.chitra.dataset.publish;

import io.chitra.dataset.FileNames;
import io.chitra.dataset.pack.PackFormat;
import io.chitra.dataset.pack.PackSettings;
import io.chitra.dataset.parquet.ParquetTable;
import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.ColumnType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A dataset's classes: number, name, folder where they have one, and rows in all and by split. */
final class ClassTables {

  private ClassTables() {}

  private record ClassRow(long id, String name) {}

  private static List<Column<ClassRow>> columns(PackSettings settings, Totals totals) {
    Map<String, String> folders = FileNames.folders(settings.classes());
    Map<String, Long> rows = totals.classes();
    List<Column<ClassRow>> columns = new ArrayList<>();
    columns.add(new Column<>("id", ColumnType.LONG, ClassRow::id));
    columns.add(new Column<>("name", ColumnType.STRING, ClassRow::name));
    if (settings.format() == PackFormat.IMAGEFOLDER) {
      columns.add(new Column<>("folder", ColumnType.STRING, row -> folders.get(row.name())));
    }
    columns.add(new Column<>("rows", ColumnType.LONG, row -> rows.getOrDefault(row.name(), 0L)));
    for (String split : totals.splits.keySet()) {
      columns.add(
          new Column<>("rows_" + split, ColumnType.LONG, row -> totals.rows(row.name(), split)));
    }
    return columns;
  }

  private static List<ClassRow> rows(PackSettings settings) {
    List<ClassRow> rows = new ArrayList<>();
    settings.classes().forEach(name -> rows.add(new ClassRow(rows.size(), name)));
    return rows;
  }

  /** For {@code classes.json}: a list of objects. */
  static List<Map<String, @Nullable Object>> json(PackSettings settings, Totals totals) {
    List<Column<ClassRow>> columns = columns(settings, totals);
    List<Map<String, @Nullable Object>> list = new ArrayList<>();
    for (ClassRow row : rows(settings)) {
      Map<String, @Nullable Object> cells = new LinkedHashMap<>();
      columns.forEach(column -> cells.put(column.name(), column.of(row)));
      list.add(cells);
    }
    return list;
  }

  /** For {@code classes.parquet}. */
  static void write(Path file, PackSettings settings, Totals totals) throws IOException {
    try (ParquetTable<ClassRow> table =
        ParquetTable.create(file, columns(settings, totals), List.of())) {
      for (ClassRow row : rows(settings)) {
        table.write(row);
      }
    }
  }
}
