package io.chitra.dataset.pack;

import io.chitra.dataset.DatasetRow;
import io.chitra.dataset.table.Column;
import io.chitra.dataset.table.LabelTypes;
import io.chitra.dataset.table.RecordColumns;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, from all rows of a dataset, what its shards have to agree on: which columns there are
 * and of which types, and which classes. Every row is shown once, in any order, looks included.
 * Memory: the names of labels, and the classes. Used by one thread.
 */
public final class Survey {

  private final @Nullable String classLabel;
  private final LabelTypes labels = new LabelTypes();
  private final SortedSet<String> classes = new TreeSet<>();
  private final Set<String> present = new HashSet<>();
  private long withoutClass;

  /**
   * @param classLabel the label that is the picture's class; null: none
   */
  public Survey(@Nullable String classLabel) {
    this.classLabel = classLabel;
  }

  /** Takes note of a row. */
  public void see(DatasetRow row) {
    labels.see(row.record());
    for (Column<DatasetRow> column : RecordColumns.OPTIONAL) {
      if (!present.contains(column.name()) && column.of(row) != null) {
        present.add(column.name());
      }
    }
    if (classLabel != null) {
      Object value = row.record().getLabels().get(classLabel);
      if (value == null) {
        withoutClass++;
      } else {
        classes.add(value.toString());
      }
    }
  }

  /** How many rows lack the class label. */
  public long withoutClass() {
    return withoutClass;
  }

  /** Every class that was seen, in order. */
  public List<String> classes() {
    return List.copyOf(classes);
  }

  /** The settings of the dataset whose rows these were. */
  public PackSettings settings(PackFormat format, @Nullable Recode recode) {
    return new PackSettings(
        format, labels.types(), new TreeSet<>(present), classLabel, classes(), recode);
  }
}
