package io.chitra.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void tellsQuantilesOfSmallNumbersExactlyAndOfLargeOnesToThreeDigits() {
    Random random = new Random(7);
    long[] numbers = random.longs(20_000, 0, 5_000_000).map(n -> n * n / 1_000_000).toArray();
    Spread spread = new Spread();
    Arrays.stream(numbers).forEach(spread::add);
    Arrays.sort(numbers);

    assertEquals(numbers[0], spread.min());
    assertEquals(numbers[numbers.length - 1], spread.max());
    assertEquals(Arrays.stream(numbers).average().orElseThrow(), spread.mean(), 1e-3);
    for (double share : new double[] {0.001, 0.1, 0.5, 0.95, 1}) {
      long exact = numbers[(int) Math.ceil(share * numbers.length) - 1];
      assertEquals(exact, spread.quantile(share), exact / 1000.0, "quantile " + share);
    }
    Spread small = new Spread();
    for (int n = 0; n < 2000; n++) {
      small.add(n);
    }
    assertEquals(999, small.quantile(0.5));
  }

  @Test
  void binsHoldEveryNumberAndTheLastOneTheOutliers() {
    Spread spread = new Spread();
    for (int n = 10; n < 110; n++) {
      spread.add(n);
    }
    Histogram bins = spread.histogram(10);
    assertEquals(10, bins.bins());
    assertEquals(10, bins.low());
    assertEquals(110, bins.high());
    for (int bin = 0; bin < 10; bin++) {
      assertEquals(10, bins.in(bin), "bin " + bin);
    }

    for (int n = 0; n < 1000; n++) {
      spread.add(50);
    }
    spread.add(Long.MAX_VALUE);
    Histogram cut = spread.histogram(10);
    assertTrue(cut.high() <= 120, "an outlier does not stretch it: " + cut.high());
    assertEquals(1101, cut.count());
  }

  @Test
  void oneNumberAloneHasOneBin() {
    Spread spread = new Spread();
    spread.add(42);
    Histogram bins = spread.histogram(40);
    assertEquals(1, bins.bins());
    assertEquals(1, bins.in(0));
    assertEquals(42, bins.low());
    assertEquals(0, new Spread().mean());
  }
}
