package io.chitra.diffusion.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PixelTensorsTest {

  @TestFactory
  Stream<DynamicTest> areThoseOfDiffusers() throws IOException {
    return StreamSupport.stream(Golden.json("image/tensors.json").spliterator(), false)
        .map(
            golden ->
                DynamicTest.dynamicTest(
                    "%s x %s".formatted(golden.get("to_width"), golden.get("to_height")),
                    () -> areThoseOfDiffusers(golden)));
  }

  private static void areThoseOfDiffusers(JsonNode golden) throws IOException {
    int width = golden.get("to_width").asInt();
    int height = golden.get("to_height").asInt();
    RgbImage image =
        Lanczos.resize(
            Patterns.rgb(golden.get("width").asInt(), golden.get("height").asInt()), width, height);
    GrayImage mask =
        Lanczos.resize(
            Patterns.gray(golden.get("mask_width").asInt(), golden.get("mask_height").asInt()),
            width,
            height);

    assertArrayEquals(floats(golden.get("image")), PixelTensors.image(image));
    assertArrayEquals(flags(golden.get("mask")), PixelTensors.mask(mask));
    assertArrayEquals(
        flags(golden.get("latent_mask")),
        PixelTensors.latentMask(
            mask, golden.get("latent_width").asInt(), golden.get("latent_height").asInt()));
    assertArrayEquals(floats(golden.get("masked_image")), PixelTensors.maskedImage(image, mask));
  }

  @Test
  void refusesAMaskOfAnotherSize() {
    assertThrows(
        IllegalArgumentException.class,
        () -> PixelTensors.maskedImage(Patterns.rgb(8, 8), Patterns.gray(8, 4)));
  }

  private static float[] floats(JsonNode base64) throws IOException {
    FloatBuffer values = ByteBuffer.wrap(base64.binaryValue()).asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }

  private static float[] flags(JsonNode base64) throws IOException {
    byte[] values = base64.binaryValue();
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = values[i];
    }
    return floats;
  }
}
