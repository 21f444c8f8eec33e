package io.chitra.cli.topics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A set of image indexes, kept as ranges: a job of a million pictures that all ended is one range.
 * Used by one thread.
 */
public final class Indexes {

  /** First index of each range, and one after its last; ranges neither meet nor overlap. */
  private final NavigableMap<Long, Long> ranges = new TreeMap<>();

  private long size;

  /** The indexes from {@code first} on, up to and without {@code end}. */
  public record Range(long first, long end) {

    public long count() {
      return end - first;
    }

    /** {@code 7} or {@code 7-9}. */
    @Override
    public String toString() {
      return count() == 1 ? Long.toString(first) : first + "-" + (end - 1);
    }
  }

  /** An empty set. */
  public Indexes() {}

  /** The indexes of one range; none where it ends before it begins. */
  public static Indexes of(long first, long end) {
    Indexes indexes = new Indexes();
    indexes.add(first, end);
    return indexes;
  }

  /**
   * Adds a range.
   *
   * @return how many of its indexes were not here before
   */
  public long add(long first, long end) {
    if (first >= end) {
      return 0;
    }
    long before = size;
    long from = first;
    long to = end;
    Map.Entry<Long, Long> left = ranges.floorEntry(first);
    if (left != null && left.getValue() >= first) {
      from = left.getKey();
    }
    for (Map.Entry<Long, Long> next = ranges.ceilingEntry(from);
        next != null && next.getKey() <= to;
        next = ranges.ceilingEntry(from)) {
      to = Math.max(to, next.getValue());
      size -= next.getValue() - next.getKey();
      ranges.remove(next.getKey());
    }
    ranges.put(from, to);
    size += to - from;
    return size - before;
  }

  /** Adds all of another set. */
  public void addAll(Indexes others) {
    others.ranges.forEach(this::add);
  }

  /** Removes a range. */
  public void remove(long first, long end) {
    if (first >= end) {
      return;
    }
    Map.Entry<Long, Long> entry = ranges.floorEntry(first);
    if (entry == null || entry.getValue() <= first) {
      entry = ranges.ceilingEntry(first);
    }
    while (entry != null && entry.getKey() < end) {
      long from = entry.getKey();
      long to = entry.getValue();
      ranges.remove(from);
      size -= to - from;
      keep(from, Math.min(to, first));
      keep(Math.max(from, end), to);
      entry = ranges.ceilingEntry(first);
    }
  }

  private void keep(long from, long to) {
    if (from < to) {
      ranges.put(from, to);
      size += to - from;
    }
  }

  /** Those of these that are not among the others. */
  public Indexes without(Indexes others) {
    Indexes left = copy();
    others.ranges.forEach(left::remove);
    return left;
  }

  /** Those of these that are among the others too. */
  public Indexes and(Indexes others) {
    return without(without(others));
  }

  private Indexes copy() {
    Indexes copy = new Indexes();
    copy.ranges.putAll(ranges);
    copy.size = size;
    return copy;
  }

  /** Whether an index is one of these. */
  public boolean contains(long index) {
    Map.Entry<Long, Long> range = ranges.floorEntry(index);
    return range != null && range.getValue() > index;
  }

  /** How many indexes there are. */
  public long size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** The ranges, in order, with a gap between any two. */
  public List<Range> ranges() {
    List<Range> list = new ArrayList<>();
    ranges.forEach((first, end) -> list.add(new Range(first, end)));
    return list;
  }

  /** {@code 3,7-9}. */
  @Override
  public String toString() {
    return ranges().stream().map(Range::toString).collect(Collectors.joining(","));
  }
}
