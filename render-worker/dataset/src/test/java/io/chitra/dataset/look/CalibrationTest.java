package io.chitra.dataset.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  @Test
  void isNumpysFirstPercentile() {
    // numpy.percentile([3, 1, 2], 1) and numpy.percentile(numpy.arange(250) ** 2, 1)
    assertEquals(1.02, Calibration.threshold(new double[] {3, 1, 2}), 1e-12);
    double[] squares = IntStream.range(0, 250).mapToDouble(i -> (double) i * i).toArray();
    assertEquals(6.45, Calibration.threshold(squares), 1e-12);
    assertEquals(4, Calibration.threshold(new double[] {4}));
  }

  @Test
  void takesSomethingToCalibrateOn() {
    assertThrows(IllegalArgumentException.class, () -> Calibration.threshold(new double[0]));
  }
}
