package io.chitra.worker.summary;

import io.chitra.schemas.IndexRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Indexes as ranges, up to a number of them: then it is only known that there are too many. */
final class RangeSet {

  static final int MOST_RANGES = 1000;

  /** First index of each range, and one after its last; null: too many. */
  private @Nullable TreeMap<Integer, Integer> ranges = new TreeMap<>();

  static RangeSet of(@Nullable List<IndexRange> kept) {
    RangeSet set = new RangeSet();
    if (kept == null) {
      set.ranges = null;
    } else {
      kept.forEach(range -> set.add(range.getFirstIndex(), range.getIndexCount()));
    }
    return set;
  }

  void add(int first, int count) {
    TreeMap<Integer, Integer> known = ranges;
    if (known == null || count < 1) {
      return;
    }
    int from = first;
    int to = (int) Math.min(Integer.MAX_VALUE, (long) first + count);
    Map.Entry<Integer, Integer> left = known.floorEntry(from);
    if (left != null && left.getValue() >= from) {
      from = left.getKey();
    }
    for (Map.Entry<Integer, Integer> next = known.ceilingEntry(from);
        next != null && next.getKey() <= to;
        next = known.ceilingEntry(from)) {
      to = Math.max(to, next.getValue());
      known.remove(next.getKey());
    }
    known.put(from, to);
    if (known.size() > MOST_RANGES) {
      ranges = null;
    }
  }

  @Nullable List<IndexRange> list() {
    TreeMap<Integer, Integer> known = ranges;
    if (known == null) {
      return null;
    }
    List<IndexRange> list = new ArrayList<>();
    known.forEach((first, end) -> list.add(new IndexRange(first, end - first)));
    return list;
  }
}
