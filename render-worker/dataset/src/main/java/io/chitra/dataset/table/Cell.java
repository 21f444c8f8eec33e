package io.chitra.dataset.table;

import org.jspecify.annotations.Nullable;

/** What rows made of {@code T} have in one column. */
@FunctionalInterface
public interface Cell<T> {

  /** The value, of the Java class that the column's {@link ColumnType} says; null: none. */
  @Nullable Object of(T row);
}
