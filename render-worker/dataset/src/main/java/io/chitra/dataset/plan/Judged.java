package io.chitra.dataset.plan;

import io.chitra.dataset.pack.ShardReport.PutFile;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What gates have made of a dataset before it was planned.
 *
 * @param gates what its pictures were held against, by name, as text; empty: nobody looked
 * @param dropped pictures that were left out, by the gate that said so
 * @param files at the target that tell of them
 */
public record Judged(
    SortedMap<String, String> gates, SortedMap<String, Long> dropped, List<PutFile> files) {

  /** Where nobody has looked. */
  public static final Judged NOTHING = new Judged(new TreeMap<>(), new TreeMap<>(), List.of());

  public Judged {
    gates = Collections.unmodifiableSortedMap(new TreeMap<>(gates));
    dropped = Collections.unmodifiableSortedMap(new TreeMap<>(dropped));
    files = List.copyOf(files);
  }
}
