package io.chitra.diffusion.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chitra.diffusion.Environment;
import io.chitra.diffusion.Golden;
import io.chitra.diffusion.Picture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 3", "256, 256", "384, 64"})
  void keepsEveryPixel(int width, int height) throws IOException {
    byte[] rgb = new byte[3 * width * height];
    new Random(width).nextBytes(rgb);

    BufferedImage image =
        ImageIO.read(new ByteArrayInputStream(Png.encode(picture(width, height, rgb), "")));

    assertEquals(width, image.getWidth());
    assertEquals(height, image.getHeight());
    assertArrayEquals(rgb, Golden.rgb(image));
  }

  @Test
  void keepsTheParametersInUtf8() {
    byte[] png =
        Png.encode(picture(1, 1, new byte[3]), "নীল বিড়াল\nSteps: 20, Size: 256x256 \0 🐈");

    assertEquals(
        List.of("IHDR", "iTXt", "IDAT", "IEND"), chunks(png).stream().map(Chunk::type).toList());
    String text = new String(chunks(png).get(1).data(), StandardCharsets.UTF_8);
    assertEquals("parameters\0\0\0\0\0নীল বিড়াল\nSteps: 20, Size: 256x256 \ufffd 🐈", text);
  }

  @Test
  void givesEqualFilesForEqualPictures() {
    byte[] rgb = new byte[3 * 64 * 64];
    new Random(1).nextBytes(rgb);
    assertArrayEquals(
        Png.encode(picture(64, 64, rgb), "a"), Png.encode(picture(64, 64, rgb.clone()), "a"));
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Chunk(String type, byte[] data) {}

  private static List<Chunk> chunks(byte[] png) {
    ByteBuffer in = ByteBuffer.wrap(png, 8, png.length - 8);
    List<Chunk> chunks = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] data = new byte[in.getInt()];
      byte[] type = new byte[4];
      in.get(type).get(data).getInt();
      chunks.add(new Chunk(new String(type, StandardCharsets.US_ASCII), data));
    }
    return chunks;
  }

  private static Picture picture(int width, int height, byte[] rgb) {
    return new Picture(width, height, rgb, null, null, Duration.ZERO, new Environment(Map.of()));
  }
}
