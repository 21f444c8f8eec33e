package io.chitra.dataset.publish;

import io.chitra.dataset.pack.ShardReport;
import io.chitra.dataset.pack.ShardSummary;
import io.chitra.dataset.pack.ShardSummary.Model;
import io.chitra.dataset.pack.ShardSummary.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What all shards of a dataset are together. Made once by {@link #of}, not changed after. */
final class Totals {

  private static final int SAMPLES = 12;

  final SortedMap<String, Long> extensions = new TreeMap<>();
  final SortedMap<String, Long> tasks = new TreeMap<>();
  final SortedMap<String, Long> environments = new TreeMap<>();
  final SortedMap<String, Long> failedGates = new TreeMap<>();

  /** In the order of the dataset. */
  final Map<String, Long> splits = new LinkedHashMap<>();

  /** Rows of each class by split. */
  final Map<String, Map<String, Long>> classesBySplit = new LinkedHashMap<>();

  final List<Sample> samples = new ArrayList<>();
  private final SortedMap<String, Model> models = new TreeMap<>();
  private final SortedMap<String, Model> adapters = new TreeMap<>();
  long rows;
  long shards;
  long pictureBytes;
  long newest;
  long regions;

  private Totals() {}

  static Totals of(Iterable<ShardReport> shards) {
    Totals totals = new Totals();
    shards.forEach(shard -> totals.add(shard.summary()));
    return totals;
  }

  private void add(ShardSummary shard) {
    rows += shard.rows();
    shards++;
    pictureBytes += shard.pictureBytes();
    newest = Math.max(newest, shard.newest());
    regions += shard.regions();
    String split = shard.shard().splitOrTrain();
    splits.merge(split, shard.rows(), Long::sum);
    Map<String, Long> classes = classesBySplit.computeIfAbsent(split, anySplit -> new TreeMap<>());
    add(classes, shard.classes());
    add(extensions, shard.extensions());
    add(tasks, shard.tasks());
    add(environments, shard.environments());
    add(failedGates, shard.failedGates());
    shard.models().forEach(model -> add(models, model));
    shard.adapters().forEach(model -> add(adapters, model));
    shard.samples().stream().limit(SAMPLES - samples.size()).forEach(samples::add);
  }

  private static void add(Map<String, Long> sums, Map<String, Long> counts) {
    counts.forEach((name, count) -> sums.merge(name, count, Long::sum));
  }

  private static void add(SortedMap<String, Model> sums, Model model) {
    sums.merge(
        model.digest(),
        model,
        (one, other) ->
            new Model(one.digest(), name(one.name(), other.name()), one.rows() + other.rows()));
  }

  private static @Nullable String name(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }

  List<Model> models() {
    return List.copyOf(models.values());
  }

  List<Model> adapters() {
    return List.copyOf(adapters.values());
  }

  /** Rows of each class. */
  SortedMap<String, Long> classes() {
    SortedMap<String, Long> sums = new TreeMap<>();
    classesBySplit.values().forEach(classes -> add(sums, classes));
    return sums;
  }

  /** Rows of a class in a split. */
  long rows(String className, String split) {
    return classesBySplit.getOrDefault(split, Map.of()).getOrDefault(className, 0L);
  }
}
