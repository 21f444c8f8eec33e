package io.chitra.dataset.pack;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a dataset is packed; the same for all its shards.
 *
 * @param labels name and type of every label that a row has: a column each. A label whose values
 *     have several types is {@link LabelType#STRING}
 * @param classLabel the label that is the picture's class: a folder of an imagefolder, the {@code
 *     label} column, the category of boxes; null: none
 * @param recode how pictures are changed on the way; null: they are packed as they are
 */
public record PackSettings(
    PackFormat format,
    SortedMap<String, LabelType> labels,
    @Nullable String classLabel,
    @Nullable Recode recode) {

  public PackSettings {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
  }

  /** What a label's column holds. */
  public enum LabelType {
    STRING,
    LONG,
    DOUBLE,
    BOOLEAN
  }
}
