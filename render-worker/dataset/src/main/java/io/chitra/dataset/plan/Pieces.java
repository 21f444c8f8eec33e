package io.chitra.dataset.plan;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The rows of a dataset that are to be looked at before it is planned, cut to pieces.
 *
 * @param program that cut them, with its version
 * @param content see {@link ContentId}
 * @param ends where the topics ended, by {@code topic-partition}
 * @param count how many pieces there are
 * @param rows in all of them
 * @param bytes of their pictures
 */
public record Pieces(
    String program,
    String content,
    ExportRequest request,
    SortedMap<String, Long> ends,
    Standing standing,
    int count,
    long rows,
    long bytes) {

  /** So few that each task has several, so many that a task's start does not matter. */
  static final int ROWS = 1000;

  public Pieces {
    ends = Collections.unmodifiableSortedMap(new TreeMap<>(ends));
  }
}
