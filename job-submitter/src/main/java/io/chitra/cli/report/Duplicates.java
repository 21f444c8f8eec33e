package io.chitra.cli.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds pictures that look alike: whose perceptual hashes differ in few bits, or that are so
 * connected through others. Compares all pairs, which is quick for as many pictures as a page tells
 * of. Used by one thread.
 */
final class Duplicates {

  private final int bits;
  private final List<Long> positions = new ArrayList<>();
  private final List<Long> hashes = new ArrayList<>();

  /**
   * Pictures that look alike.
   *
   * @param positions in the dataset, in order
   */
  record Group(List<Long> positions) {
    Group {
      positions = List.copyOf(positions);
    }
  }

  /**
   * A search.
   *
   * @param bits that hashes of 64 may differ in
   */
  Duplicates(int bits) {
    this.bits = bits;
  }

  void add(long position, long perceptualHash) {
    positions.add(position);
    hashes.add(perceptualHash);
  }

  /** The groups of two or more, the largest first. */
  List<Group> groups() {
    int n = hashes.size();
    long[] hash = hashes.stream().mapToLong(Long::longValue).toArray();
    int[] first = new int[n];
    for (int i = 0; i < n; i++) {
      first[i] = i;
    }
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        if (Long.bitCount(hash[i] ^ hash[j]) <= bits) {
          int a = first(first, i);
          int b = first(first, j);
          first[Math.max(a, b)] = Math.min(a, b);
        }
      }
    }
    Map<Integer, List<Long>> members = new LinkedHashMap<>();
    for (int i = 0; i < n; i++) {
      members.computeIfAbsent(first(first, i), f -> new ArrayList<>(1)).add(positions.get(i));
    }
    return members.values().stream()
        .filter(group -> group.size() > 1)
        .map(Group::new)
        .sorted(Comparator.comparingInt(group -> -group.positions().size()))
        .toList();
  }

  /** The first picture of the group that a picture is in. */
  private static int first(int[] first, int of) {
    int at = of;
    while (first[at] != at) {
      first[at] = first[first[at]];
      at = first[at];
    }
    return at;
  }
}
