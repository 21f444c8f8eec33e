package io.chitra.dataset.look;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * 64-bit hashes, and which of them is nearest to another by Hamming distance.
 *
 * <p>Few hashes are compared one by one. Of many, each lies in three buckets, one for each third of
 * its bits. Two hashes at most d bits apart have a third that differs in at most d / 3 bits (were
 * all further apart, so would be the whole), so a search looks into the buckets of all thirds that
 * near (multi-index hashing: Norouzi, Punjani and Fleet, 2012). Nothing is missed either way.
 *
 * <p>20 bytes a hash, and 48 MiB once there are many. Not thread-safe.
 */
final class HammingIndex {

  /** As far as a search may reach; beyond it, most pairs of pictures are near. */
  static final int MOST_BITS = 15;

  private static final int THIRDS = 3;
  private static final int FIRST_THIRD = 22;
  private static final int OTHER_THIRD = 21;
  private static final int MASK = (1 << OTHER_THIRD) - 1;
  private static final int NONE = -1;

  /** Looking into a bucket costs as much as comparing so many hashes that lie side by side. */
  private static final int BUCKET_COST = 16;

  /** Not worth buckets. */
  private static final int FEW = 8192;

  private final int bits;
  private final int[][] flips;
  private final long manyHashes;
  private long[] hashes = new long[1024];
  private int size;
  private int[] next = new int[0];
  private int[] heads = new int[0];

  /**
   * @param bits how far searches reach, 0 .. {@value #MOST_BITS}
   */
  HammingIndex(int bits) {
    this(bits, FEW + BUCKET_COST * buckets(bits));
  }

  /**
   * @param manyHashes from more than these on, searches use buckets
   */
  HammingIndex(int bits, long manyHashes) {
    this.bits = bits;
    this.flips = flips(bits / THIRDS);
    this.manyHashes = manyHashes;
  }

  /** How many a search looks into. */
  private static long buckets(int bits) {
    return THIRDS * Arrays.stream(flips(bits / THIRDS)).mapToLong(words -> words.length).sum();
  }

  /** All thirds of no bit, of one bit, and so on. */
  private static int[][] flips(int most) {
    return IntStream.rangeClosed(0, most)
        .mapToObj(
            count ->
                IntStream.range(0, 1 << FIRST_THIRD)
                    .filter(third -> Integer.bitCount(third) == count)
                    .toArray())
        .toArray(int[][]::new);
  }

  /** Adds a hash; its number is how many there were before. */
  void add(long hash) {
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * size);
    }
    hashes[size] = hash;
    size++;
    if (heads.length > 0) {
      putInBuckets(size - 1);
    } else if (size > manyHashes) {
      heads = new int[THIRDS << FIRST_THIRD];
      Arrays.fill(heads, NONE);
      IntStream.range(0, size).forEach(this::putInBuckets);
    }
  }

  private void putInBuckets(int number) {
    if (THIRDS * (number + 1) > next.length) {
      next = Arrays.copyOf(next, THIRDS * hashes.length);
    }
    for (int third = 0; third < THIRDS; third++) {
      int bucket = bucket(hashes[number], third, 0);
      next[THIRDS * number + third] = heads[bucket];
      heads[bucket] = number;
    }
  }

  /** The hash of a number. */
  long at(int number) {
    return hashes[number];
  }

  /** The number of the nearest hash within reach, of several the first; -1: there is none. */
  int nearest(long hash) {
    return heads.length > 0 ? nearestInBuckets(hash) : nearestOfAll(hash);
  }

  private int nearestOfAll(long hash) {
    int nearest = NONE;
    int distance = bits + 1;
    for (int at = 0; at < size; at++) {
      int found = Long.bitCount(hashes[at] ^ hash);
      if (found < distance) {
        nearest = at;
        distance = found;
      }
    }
    return nearest;
  }

  /** Whatever was not met with thirds of n flipped bits is 3 (n + 1) bits away at least. */
  private int nearestInBuckets(long hash) {
    int nearest = NONE;
    int distance = bits + 1;
    for (int count = 0; count < flips.length && distance >= THIRDS * count; count++) {
      for (int flip : flips[count]) {
        for (int third = 0; third < THIRDS; third++) {
          int at = heads[bucket(hash, third, flip)];
          while (at != NONE) {
            int found = Long.bitCount(hashes[at] ^ hash);
            if (found < distance || (found == distance && at < nearest)) {
              nearest = at;
              distance = found;
            }
            at = next[THIRDS * at + third];
          }
        }
      }
    }
    return nearest;
  }

  private static int bucket(long hash, int third, int flip) {
    int value =
        third == 0
            ? (int) (hash >>> (2 * OTHER_THIRD))
            : (int) (hash >>> (OTHER_THIRD * (third - 1))) & MASK;
    return (third << FIRST_THIRD) | (value ^ flip);
  }
}
