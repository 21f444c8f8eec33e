package io.chitra.diffusion.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.Golden;
import java.io.IOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LanczosTest {

  @TestFactory
  Stream<DynamicTest> resizesAsPillow() throws IOException {
    return StreamSupport.stream(Golden.json("image/resized.json").spliterator(), false)
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    "%s x %s to %s x %s, %s channels"
                        .formatted(
                            golden.get("width"),
                            golden.get("height"),
                            golden.get("to_width"),
                            golden.get("to_height"),
                            golden.get("channels")),
                    () -> resizesAsPillow(golden)));
  }

  private static void resizesAsPillow(JsonNode golden) throws IOException {
    byte[] pixels = resized(golden);
    if (golden.has("pixels")) {
      assertArrayEquals(golden.get("pixels").binaryValue(), pixels);
    }
    CRC32 crc = new CRC32();
    crc.update(pixels);
    assertEquals(golden.get("crc32").asLong(), crc.getValue());
  }

  private static byte[] resized(JsonNode golden) {
    int width = golden.get("width").asInt();
    int height = golden.get("height").asInt();
    int toWidth = golden.get("to_width").asInt();
    int toHeight = golden.get("to_height").asInt();
    return golden.get("channels").asInt() == 3
        ? Lanczos.resize(Patterns.rgb(width, height), toWidth, toHeight).rgb()
        : Lanczos.resize(Patterns.gray(width, height), toWidth, toHeight).gray();
  }

  @Test
  void refusesAnEmptySize() {
    assertThrows(IllegalArgumentException.class, () -> Lanczos.resize(Patterns.rgb(2, 2), 0, 2));
  }
}
