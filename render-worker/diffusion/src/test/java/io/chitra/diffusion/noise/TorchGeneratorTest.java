package io.chitra.diffusion.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.Golden;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TorchGeneratorTest {

  @Test
  void drawsWhatTorchDraws() throws IOException {
    for (JsonNode golden : Golden.json("torch-randn.json").get("cases")) {
      int size = 1;
      for (JsonNode side : golden.get("shape")) {
        size *= side.asInt();
      }
      TorchGenerator generator = new TorchGenerator(golden.get("seed").asLong());
      String name = golden.get("seed") + " " + golden.get("shape");
      assertDraw(name, golden.get("first"), generator.randn(size));
      assertDraw(name + " second", golden.get("second_draw"), generator.randn(size));
    }
  }

  /** The golden values are rounded to 7 digits after the point. */
  private static final double ROUNDED = 0.51e-7;

  private static void assertDraw(String name, JsonNode expected, float[] drawn) {
    double sum = 0;
    double abs = 0;
    for (float value : drawn) {
      sum += value;
      abs += Math.abs(value);
    }
    assertEquals(expected.get("sum").asDouble(), sum, 1e-6 * drawn.length, name);
    assertEquals(expected.get("mean_abs").asDouble(), abs / drawn.length, 1e-6, name);
    for (int i = 0; i < 8; i++) {
      assertEquals(expected.get("head").get(i).asDouble(), drawn[i], ROUNDED, name);
    }
    for (int i = 0; i < 4; i++) {
      assertEquals(
          expected.get("tail").get(i).asDouble(), drawn[drawn.length - 4 + i], ROUNDED, name);
    }
  }

  @Test
  void keepsTheSecondValueOfAPairForTheNextDraw() {
    float[] together = new TorchGenerator(5).randn(2);
    TorchGenerator generator = new TorchGenerator(5);
    assertArrayEquals(together, new float[] {generator.randn(1)[0], generator.randn(1)[0]});
  }

  @Test
  void refusesSeedsThatAreNotUint32() {
    assertThrows(IllegalArgumentException.class, () -> new TorchGenerator(-1));
    assertThrows(IllegalArgumentException.class, () -> new TorchGenerator(1L << 32));
  }
}
