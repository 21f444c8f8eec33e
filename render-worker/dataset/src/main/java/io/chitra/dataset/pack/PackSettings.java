package io.chitra.dataset.pack;

import io.chitra.dataset.table.ColumnType;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How a dataset is packed; the same for all its shards, so that all have the same columns. {@link
 * Survey} makes them. Written as JSON by Jackson as it is.
 *
 * @param labels name and type of every label that a row has: a column each. A label whose values
 *     have several types is {@link ColumnType#STRING}
 * @param optionalColumns the columns that only some tasks, or only pictures that were looked at,
 *     have a value for, as far as a row of this dataset has one
 * @param classLabel the label that is the picture's class: a folder of an imagefolder, the {@code
 *     label} column, the category of boxes; null: none
 * @param classes every value of that label, as text, in the order of their ids; empty without one
 * @param recode how pictures are changed on the way; null: they are packed as they are
 */
public record PackSettings(
    PackFormat format,
    SortedMap<String, ColumnType> labels,
    SortedSet<String> optionalColumns,
    @Nullable String classLabel,
    List<String> classes,
    @Nullable Recode recode) {

  public PackSettings {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    optionalColumns = Collections.unmodifiableSortedSet(new TreeSet<>(optionalColumns));
    classes = List.copyOf(classes);
  }
}
