package io.chitra.dataset.table;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of a table whose rows are made of {@code T}.
 *
 * @param distinct whether rows rarely share a value, so that a dictionary of them is of no use
 */
public record Column<T>(String name, ColumnType type, boolean distinct, Cell<T> cell) {

  /** A column whose rows share values. */
  public Column(String name, ColumnType type, Cell<T> cell) {
    this(name, type, false, cell);
  }

  /** The same column, whose rows rarely share a value. */
  public Column<T> ofDistinct() {
    return new Column<>(name, type, true, cell);
  }

  /** What the row has there. */
  public @Nullable Object of(T row) {
    return cell.of(row);
  }

  /** The same column in a table of rows that hold such a row. */
  public <S> Column<S> within(Function<S, T> inner) {
    return new Column<>(name, type, distinct, row -> cell.of(inner.apply(row)));
  }

  /** What a row has in each column. */
  public static <T> @Nullable Object[] values(List<Column<T>> columns, T row) {
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = columns.get(i).of(row);
    }
    return values;
  }

  /** The same columns in a table whose rows are such {@link #values}. */
  public static <T> List<Column<@Nullable Object[]>> ofValues(List<Column<T>> columns) {
    List<Column<@Nullable Object[]>> same = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Column<T> column = columns.get(i);
      int at = i;
      same.add(new Column<>(column.name(), column.type(), column.distinct(), row -> row[at]));
    }
    return same;
  }
}
