package io.chitra.cli.check;

import io.chitra.cli.check.Finding.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a check has found. Numbers are of all; findings themselves are only kept as examples, since
 * there may be millions.
 */
public final class CheckReport {

  private static final int MOST_EXAMPLES = 20;

  private Coverage.Sums sums = Coverage.Sums.NONE;
  private long objects;
  private long orphans;
  private long onTheWay;
  private boolean listed;
  private final Map<Kind, Long> pictures = new EnumMap<>(Kind.class);
  private final Map<Kind, List<Finding>> examples = new EnumMap<>(Kind.class);
  private final List<String> orphanExamples = new ArrayList<>();

  void add(Coverage.Sums more) {
    sums = sums.plus(more);
  }

  void add(Finding finding) {
    pictures.merge(finding.kind(), finding.indexes().size(), Long::sum);
    List<Finding> some = examples.computeIfAbsent(finding.kind(), kind -> new ArrayList<>());
    if (some.size() < MOST_EXAMPLES) {
      some.add(finding);
    }
  }

  void looked(long at) {
    objects += at;
  }

  void listedAll() {
    listed = true;
  }

  void orphan(String key) {
    orphans++;
    if (orphanExamples.size() < MOST_EXAMPLES) {
      orphanExamples.add(key);
    }
  }

  void onTheWay() {
    onTheWay++;
  }

  public long submissions() {
    return sums.submissions();
  }

  /** Pictures that submissions ask for. */
  public long asked() {
    return sums.asked();
  }

  /** Pictures with a record. */
  public long made() {
    return sums.made();
  }

  public long failed() {
    return sums.failed();
  }

  public long cancelled() {
    return sums.cancelled();
  }

  /** Pictures that have not ended in their submission, and that a newer one asks for. */
  public long replaced() {
    return sums.replaced();
  }

  /** Different objects that records name. */
  public long objects() {
    return objects;
  }

  /** Objects that no record names, of submissions that have ended. */
  public long orphans() {
    return orphans;
  }

  /** Objects that no record names yet, of submissions that have not ended. */
  public long onItsWay() {
    return onTheWay;
  }

  /** Whether objects that no record names were looked for. */
  public boolean orphansKnown() {
    return listed;
  }

  /** How many pictures a kind of finding is about. */
  public long pictures(Kind kind) {
    return pictures.getOrDefault(kind, 0L);
  }

  /** Some findings of a kind. */
  public List<Finding> examples(Kind kind) {
    return List.copyOf(examples.getOrDefault(kind, List.of()));
  }

  /** Some objects that no record names. */
  public List<String> orphanExamples() {
    return List.copyOf(orphanExamples);
  }
}
