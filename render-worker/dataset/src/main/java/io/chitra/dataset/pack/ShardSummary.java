package io.chitra.dataset.pack;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the dataset's card and tables need to know of a shard without opening it. The same rows have
 * the same summary. Written as JSON by Jackson as it is.
 *
 * @param rows how many pictures
 * @param pictureBytes of their files; 0 where the format holds none
 * @param extensions pictures of each kind of file: {@code png}, {@code jpg}
 * @param newest when the newest of them was made, in milliseconds since 1970
 * @param classes rows of each class; empty without a class label
 * @param tasks rows of each task
 * @param models rows made by each model
 * @param adapters digests of LoRAs and VAEs besides, with how many rows each helped to make
 * @param environments rows made in each environment class
 * @param failedGates rows that each gate failed; empty where nobody looked
 * @param samples the first few pictures
 * @param regions pictures with a region that was drawn anew
 * @param annotations where the regions lie within the target until they are published; null: none
 */
public record ShardSummary(
    Shard shard,
    long rows,
    long pictureBytes,
    SortedMap<String, Long> extensions,
    long newest,
    SortedMap<String, Long> classes,
    SortedMap<String, Long> tasks,
    List<Model> models,
    List<Model> adapters,
    SortedMap<String, Long> environments,
    SortedMap<String, Long> failedGates,
    List<Sample> samples,
    long regions,
    @Nullable String annotations) {

  /** Something that pictures were made with. */
  public record Model(String digest, @Nullable String name, long rows) {}

  /** A picture that stands for others. */
  public record Sample(String fileName, String prompt, @Nullable String className) {}

  public ShardSummary {
    extensions = Collections.unmodifiableSortedMap(new TreeMap<>(extensions));
    classes = Collections.unmodifiableSortedMap(new TreeMap<>(classes));
    tasks = Collections.unmodifiableSortedMap(new TreeMap<>(tasks));
    models = List.copyOf(models);
    adapters = List.copyOf(adapters);
    environments = Collections.unmodifiableSortedMap(new TreeMap<>(environments));
    failedGates = Collections.unmodifiableSortedMap(new TreeMap<>(failedGates));
    samples = List.copyOf(samples);
  }
}
