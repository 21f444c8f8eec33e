package io.chitra.cli.diff;

import io.chitra.cli.diff.Pair.Pixels;
import io.chitra.schemas.ImageRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What two datasets come to side by side: sums of all and of each class, and the pairs that differ
 * most. Used by one thread.
 */
public final class DiffSums implements DatasetDiff.Receiver {

  /** The class of pictures that have no such label. */
  public static final String NO_CLASS = "(none)";

  private final @Nullable String label;
  private final int mostPairs;
  private final Sums all = new Sums();
  private final SortedMap<String, Sums> classes = new TreeMap<>();

  /** The least different of those that are kept comes first. */
  private final PriorityQueue<Pair> worst =
      new PriorityQueue<>(Comparator.comparingDouble(DiffSums::likeness).reversed());

  /** Of some pictures. */
  public static final class Sums {
    private long pairs;
    private long equal;
    private long different;
    private long unknown;
    private long onlyInOne;
    private long onlyInOther;
    private long measured;
    private double psnrSum;
    private double leastPsnr = Double.POSITIVE_INFINITY;
    private long distances;
    private int mostDistant;
    private final SortedMap<String, Long> settings = new TreeMap<>();
    private final SortedMap<String, Long> environment = new TreeMap<>();

    public long pairs() {
      return pairs;
    }

    /** Pairs with the same pixels. */
    public long equal() {
      return equal;
    }

    /** Pairs with other pixels. */
    public long different() {
      return different;
    }

    /** Pairs whose pictures cannot be compared. */
    public long unknown() {
      return unknown;
    }

    public long onlyInOne() {
      return onlyInOne;
    }

    public long onlyInOther() {
      return onlyInOther;
    }

    /** Of the pairs with other pixels, in dB; null: none can be compared. */
    public @Nullable Double meanPsnr() {
      return measured == 0 ? null : (Double) (psnrSum / measured);
    }

    /** Likewise the least. */
    public @Nullable Double leastPsnr() {
      return measured == 0 ? null : (Double) leastPsnr;
    }

    /** Of the perceptual hashes of pairs with other pixels, in bits; null: there is none. */
    public @Nullable Double meanHashDistance() {
      return different == 0 ? null : (Double) ((double) distances / different);
    }

    /** Likewise the most. */
    public @Nullable Integer mostHashDistance() {
      return different == 0 ? null : (Integer) mostDistant;
    }

    /** How many pairs differ in a field of their records. */
    public Map<String, Long> settings() {
      return settings;
    }

    /** How many pairs differ in what made them. */
    public Map<String, Long> environment() {
      return environment;
    }

    private void add(Pair pair) {
      pairs++;
      pair.settings().keySet().forEach(name -> settings.merge(name, 1L, Long::sum));
      pair.environment().keySet().forEach(name -> environment.merge(name, 1L, Long::sum));
      if (pair.pixels() instanceof Pixels.Equal) {
        equal++;
      } else if (pair.pixels() instanceof Pixels.Different other) {
        different++;
        distances += other.hashDistance();
        mostDistant = Math.max(mostDistant, other.hashDistance());
        Double psnr = other.psnr();
        if (psnr != null) {
          measured++;
          psnrSum += psnr;
          leastPsnr = Math.min(leastPsnr, psnr);
        }
      } else {
        unknown++;
      }
    }

    /** As a script reads it. */
    public Map<String, @Nullable Object> json() {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("pairs", pairs);
      json.put("equal", equal);
      json.put("different", different);
      json.put("unknown", unknown);
      json.put("only_in_one", onlyInOne);
      json.put("only_in_other", onlyInOther);
      json.put("mean_psnr", meanPsnr());
      json.put("least_psnr", leastPsnr());
      json.put("mean_hash_distance", meanHashDistance());
      json.put("most_hash_distance", mostHashDistance());
      json.put("settings", settings);
      json.put("environment", environment);
      return json;
    }
  }

  /**
   * @param label that is the picture's class; null: no classes are told apart
   * @param mostPairs how many of the most different pairs are kept
   */
  public DiffSums(@Nullable String label, int mostPairs) {
    this.label = label;
    this.mostPairs = mostPairs;
  }

  /** Smaller for pairs that are less alike. */
  private static double likeness(Pair pair) {
    if (pair.pixels() instanceof Pixels.Different different) {
      Double psnr = different.psnr();
      return psnr == null ? -different.hashDistance() : psnr;
    }
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public void pair(Pair pair) {
    all.add(pair);
    ofClass(pair.one()).add(pair);
    if (mostPairs > 0 && !(pair.pixels() instanceof Pixels.Unknown)) {
      worst.add(pair);
      if (worst.size() > mostPairs) {
        worst.remove();
      }
    }
  }

  @Override
  public void onlyInOne(ImageRecord record) {
    all.onlyInOne++;
    ofClass(record).onlyInOne++;
  }

  @Override
  public void onlyInOther(ImageRecord record) {
    all.onlyInOther++;
    ofClass(record).onlyInOther++;
  }

  private Sums ofClass(ImageRecord record) {
    if (label == null) {
      return new Sums();
    }
    Object value = record.getLabels().get(label);
    return classes.computeIfAbsent(value == null ? NO_CLASS : value.toString(), name -> new Sums());
  }

  public Sums all() {
    return all;
  }

  /** By class; empty where no classes are told apart. */
  public Map<String, Sums> classes() {
    return classes;
  }

  /** The pairs that differ most, the most different first. */
  public List<Pair> mostDifferent() {
    List<Pair> pairs = new ArrayList<>(worst);
    pairs.sort(
        Comparator.comparingDouble(DiffSums::likeness)
            .thenComparing(Pair::job)
            .thenComparingInt(Pair::index));
    return pairs;
  }
}
