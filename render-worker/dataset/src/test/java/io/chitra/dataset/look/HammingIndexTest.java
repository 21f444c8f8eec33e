package io.chitra.dataset.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HammingIndexTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 8, 11, 12, 15})
  void bucketsFindWhatComparingAllFinds(int bits) {
    Random random = new Random(bits);
    HammingIndex index = new HammingIndex(bits, 1500);
    List<Long> all = new ArrayList<>();
    int found = 0;
    for (int i = 0; i < 3000; i++) {
      long hash = i % 3 == 0 || all.isEmpty() ? random.nextLong() : near(all, random, bits + 2);
      int expected = nearest(all, hash, bits);
      assertEquals(expected, index.nearest(hash), "hash " + i);
      found += expected < 0 ? 0 : 1;
      index.add(hash);
      all.add(hash);
    }
    assertTrue(found > 500, "the hashes had near ones: " + found);
  }

  private static long near(List<Long> all, Random random, int mostBits) {
    long hash = all.get(random.nextInt(all.size()));
    for (int flips = random.nextInt(mostBits + 1); flips > 0; flips--) {
      hash ^= 1L << random.nextInt(64);
    }
    return hash;
  }

  private static int nearest(List<Long> all, long hash, int bits) {
    int nearest = -1;
    int distance = bits + 1;
    for (int i = 0; i < all.size(); i++) {
      int found = Long.bitCount(all.get(i) ^ hash);
      if (found < distance) {
        nearest = i;
        distance = found;
      }
    }
    return nearest;
  }
}
