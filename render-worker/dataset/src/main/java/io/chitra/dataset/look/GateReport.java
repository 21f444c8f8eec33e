package io.chitra.dataset.look;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the gates said of a dataset; part of its manifest.
 *
 * @param settings that it was judged by
 * @param facts what looked
 * @param judged how many pictures
 * @param dropped how many of them are left out
 * @param gates of each gate
 * @param forbidding how many pictures keep the dataset from being published
 * @param examples the first of those, as {@code job/index: gate, gate}
 */
public record GateReport(
    GateSettings settings,
    LookFacts facts,
    long judged,
    long dropped,
    SortedMap<Gate, Count> gates,
    long forbidding,
    List<String> examples) {

  public GateReport {
    gates = Collections.unmodifiableSortedMap(new TreeMap<>(gates));
    examples = List.copyOf(examples);
  }

  /**
   * How many pictures do not pass a gate.
   *
   * @param failed pictures that do not pass
   * @param dropped those of them that are left out because of this gate, others perhaps too
   */
  public record Count(long failed, long dropped) {}

  /** Whether no required gate keeps the dataset from being published. */
  public boolean publishable() {
    return forbidding == 0;
  }
}
