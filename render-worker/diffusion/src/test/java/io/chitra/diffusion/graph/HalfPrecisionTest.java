package io.chitra.diffusion.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.platform.Fp16Conversions;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

  @Test
  void everyHalfIsWhatOnnxRuntimeSays() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfPrecision.toFloat((short) bits);
      assertEquals(Fp16Conversions.fp16ToFloat((short) bits), value, Integer.toHexString(bits));
      if (!Float.isNaN(value)) {
        assertEquals((short) bits, HalfPrecision.fromFloat(value), Integer.toHexString(bits));
      }
    }
  }

  /** Floats just below, at and just above the middle between two neighbours. */
  @Test
  void roundsToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = HalfPrecision.toFloat((short) bits);
      float high = HalfPrecision.toFloat((short) (bits + 1));
      float middle = (low + high) / 2;
      int even = bits % 2 == 0 ? bits : bits + 1;
      assertEquals((short) bits, HalfPrecision.fromFloat(Math.nextDown(middle)));
      assertEquals((short) even, HalfPrecision.fromFloat(middle));
      assertEquals((short) (bits + 1), HalfPrecision.fromFloat(Math.nextUp(middle)));
      assertEquals((short) (even | 0x8000), HalfPrecision.fromFloat(-middle));
    }
  }

  @Test
  void whatIsTooLargeIsInfinite() {
    assertEquals((short) 0x7bff, HalfPrecision.fromFloat(Math.nextDown(65520f)));
    assertEquals((short) 0x7c00, HalfPrecision.fromFloat(65520f));
    assertEquals((short) 0xfc00, HalfPrecision.fromFloat(Float.NEGATIVE_INFINITY));
    assertTrue(Float.isNaN(HalfPrecision.toFloat(HalfPrecision.fromFloat(Float.NaN))));
  }

  @Test
  void bfloat16IsTheUpperHalfOfAFloat() {
    assertEquals(-1.5f, HalfPrecision.bfloat16ToFloat((short) 0xbfc0));
    assertEquals(0x1p127f, HalfPrecision.bfloat16ToFloat((short) 0x7f00));
  }
}
