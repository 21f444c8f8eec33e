package io.chitra.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EvenTest {

  @Test
  void picksExactlySoManyAndTheFirst() {
    for (long of : new long[] {1, 2, 7, 100, 101}) {
      for (long picked = 1; picked <= of; picked++) {
        Even even = new Even(picked, of);
        List<Long> positions = LongStream.range(0, of).filter(even::includes).boxed().toList();
        assertEquals(picked, positions.size(), even.toString());
        assertEquals(0, positions.get(0), even.toString());
        for (int i = 1; i < positions.size(); i++) {
          long gap = positions.get(i) - positions.get(i - 1);
          assertTrue(gap <= of / picked + 1, even + " leaves a gap of " + gap);
        }
      }
    }
  }

  @Test
  void moreThanThereAreIsAllAndNoneIsNone() {
    assertTrue(LongStream.range(0, 5).allMatch(new Even(9, 5)::includes));
    assertTrue(LongStream.range(0, 5).noneMatch(new Even(0, 5)::includes));
  }
}
