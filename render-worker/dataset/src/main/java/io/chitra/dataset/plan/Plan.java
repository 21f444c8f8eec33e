package io.chitra.dataset.plan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.chitra.dataset.pack.PackSettings;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A dataset's version before it is packed.
 *
 * @param program that made the plan, with its version
 * @param content what names the version: SHA-256 over the request and the rows, in hex
 * @param settings of all shards
 * @param ends where the topics ended that it was made from, by {@code topic-partition}
 * @param judged what gates have made of it
 */
public record Plan(
    String program,
    String content,
    ExportRequest request,
    PackSettings settings,
    SortedMap<String, Long> ends,
    Standing standing,
    Judged judged,
    List<PlannedShard> shards) {

  public Plan {
    ends = Collections.unmodifiableSortedMap(new TreeMap<>(ends));
    shards = List.copyOf(shards);
  }

  /** How many pictures it has. */
  @JsonIgnore
  public long rows() {
    return shards.stream().mapToLong(shard -> shard.shard().rows()).sum();
  }

  /** The length of its pictures as they are stored. */
  @JsonIgnore
  public long bytes() {
    return shards.stream().mapToLong(PlannedShard::bytes).sum();
  }
}
