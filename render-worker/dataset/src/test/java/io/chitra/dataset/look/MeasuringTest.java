package io.chitra.dataset.look;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.dataset.PictureMeasures;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Against imagehash and numpy, with the script {@code golden/make/measures.py}. */
class MeasuringTest {

  private static final double EXACT = 1e-12;

  @TestFactory
  Stream<DynamicTest> measuresAsImagehashAndNumpyDo() throws IOException {
    try (InputStream golden =
        Objects.requireNonNull(MeasuringTest.class.getResourceAsStream("/golden/measures.json"))) {
      return StreamSupport.stream(new JsonMapper().readTree(golden).spliterator(), false)
          .map(
              expected ->
                  DynamicTest.dynamicTest(
                      "%s, %s x %s"
                          .formatted(
                              expected.get("pattern").asText(),
                              expected.get("width"),
                              expected.get("height")),
                      () -> measures(expected)));
    }
  }

  private static void measures(JsonNode expected) {
    int width = expected.get("width").asInt();
    int height = expected.get("height").asInt();
    byte[] rgb = Patterns.valueOf(expected.get("pattern").asText()).rgb(width, height);
    PictureMeasures measures = Measuring.measure(width, height, rgb);
    assertEquals(
        expected.get("phash").asText(), "%016x".formatted(measures.perceptualHash()), "phash");
    assertEquals(expected.get("brightness").asDouble(), measures.brightness(), EXACT);
    assertEquals(expected.get("contrast").asDouble(), measures.contrast(), 1e-9);
    assertEquals(expected.get("mean_red").asDouble(), measures.meanRed(), EXACT);
    assertEquals(expected.get("mean_green").asDouble(), measures.meanGreen(), EXACT);
    assertEquals(expected.get("mean_blue").asDouble(), measures.meanBlue(), EXACT);
    assertEquals(expected.get("saturation").asDouble(), measures.saturation(), EXACT);
    assertEquals(expected.get("colourfulness").asDouble(), measures.colourfulness(), 1e-9);
  }

  @Test
  void aPictureMadeSlightlyBrighterKeepsItsHash() {
    byte[] rgb = Patterns.blobs.rgb(96, 64);
    byte[] brighter = rgb.clone();
    for (int i = 0; i < rgb.length; i++) {
      brighter[i] = (byte) Math.min((rgb[i] & 0xff) + 4, 255);
    }
    long differing = PerceptualHash.of(96, 64, rgb) ^ PerceptualHash.of(96, 64, brighter);
    assertTrue(Long.bitCount(differing) <= 4, Long.toBinaryString(differing));
  }
}
