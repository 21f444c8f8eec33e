package io.chitra.cli.topics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IndexesTest {

  @Test
  void whatMeetsIsOneRange() {
    Indexes indexes = Indexes.of(3, 5);
    indexes.add(7, 10);
    assertEquals("3-4,7-9", indexes.toString());
    assertEquals(2, indexes.add(5, 7));
    assertEquals("3-9", indexes.toString());
    assertEquals(0, indexes.add(4, 8));
    assertEquals(7, indexes.size());
  }

  @Test
  void whatIsRemovedSplitsRanges() {
    Indexes indexes = Indexes.of(0, 10);
    indexes.remove(3, 4);
    indexes.remove(6, 8);
    assertEquals("0-2,4-5,8-9", indexes.toString());
    assertTrue(indexes.contains(5));
    assertFalse(indexes.contains(6));
    indexes.remove(1, 9);
    assertEquals("0,9", indexes.toString());
    assertEquals(2, indexes.size());
  }

  @Test
  void indexesAreLongerThanAnInt() {
    assertEquals(
        "2147483646-2147483647",
        Indexes.of(Integer.MAX_VALUE - 1L, 1L + Integer.MAX_VALUE).toString());
  }

  /** As a set of bits would have it. */
  @Test
  void anySequenceOfChangesIsThatOfASet() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      Indexes indexes = new Indexes();
      BitSet bits = new BitSet();
      for (int change = 0; change < 30; change++) {
        int first = random.nextInt(50);
        int end = first + random.nextInt(12);
        if (random.nextInt(3) > 0) {
          int before = bits.cardinality();
          bits.set(first, end);
          assertEquals(bits.cardinality() - before, indexes.add(first, end));
        } else {
          bits.clear(first, end);
          indexes.remove(first, end);
        }
        assertSame(bits, indexes);
      }
      Indexes others = Indexes.of(10, 20);
      others.add(30, 35);
      BitSet otherBits = new BitSet();
      otherBits.set(10, 20);
      otherBits.set(30, 35);
      BitSet both = (BitSet) bits.clone();
      both.and(otherBits);
      assertSame(both, indexes.and(others));
      BitSet left = (BitSet) bits.clone();
      left.andNot(otherBits);
      assertSame(left, indexes.without(others));
      assertSame(bits, indexes);
    }
  }

  private static void assertSame(BitSet bits, Indexes indexes) {
    BitSet found = new BitSet();
    long previousEnd = -1;
    for (Indexes.Range range : indexes.ranges()) {
      assertTrue(range.first() > previousEnd, "ranges neither meet nor overlap");
      previousEnd = range.end();
      found.set((int) range.first(), (int) range.end());
    }
    assertEquals(bits, found);
    assertEquals(bits.cardinality(), indexes.size());
  }
}
