package io.chitra.dataset.publish;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What only the one who exports knows of a dataset. Nothing here depends on when, where or by whom
 * it is exported, so that the same dataset has the same files.
 *
 * @param dataset its name
 * @param request the SHA-256 of all that was asked for and of the rows it is about: what tells one
 *     version from another
 * @param command the command line that makes it again
 * @param chitra Chitra's version
 * @param pictures what became of the pictures that were asked for
 * @param ends the first offset not looked at, by {@code <topic>-<partition>}
 * @param gates thresholds and models of the gates, by name, as text; empty: nobody looked
 * @param licences of models, LoRAs and VAEs, by digest, as their cards say; those that say none are
 *     not there
 */
public record DatasetFacts(
    String dataset,
    String request,
    String command,
    String chitra,
    Pictures pictures,
    SortedMap<String, Long> ends,
    SortedMap<String, String> gates,
    SortedMap<String, String> licences) {

  /**
   * What became of the pictures that were asked for.
   *
   * @param asked by the newest submissions of each job
   * @param failed that have a dead letter instead
   * @param cancelled that were cancelled
   * @param open that had not ended when the topics' ends were pinned
   * @param dropped left out, by the gate that said so
   */
  public record Pictures(
      long asked, long failed, long cancelled, long open, SortedMap<String, Long> dropped) {

    public Pictures {
      dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
    }
  }

  public DatasetFacts {
    ends = Collections.unmodifiableSortedMap(new TreeMap<>(ends));
    gates = Collections.unmodifiableSortedMap(new TreeMap<>(gates));
    licences = Collections.unmodifiableSortedMap(new TreeMap<>(licences));
  }
}
