package io.chitra.dataset.table;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A column of a table whose rows are made of {@code T}. */
public record Column<T>(String name, ColumnType type, Cell<T> cell) {

  /** What the row has there. */
  public @Nullable Object of(T row) {
    return cell.of(row);
  }

  /** The same column in a table of rows that hold such a row. */
  public <S> Column<S> within(Function<S, T> inner) {
    return new Column<>(name, type, row -> cell.of(inner.apply(row)));
  }
}
