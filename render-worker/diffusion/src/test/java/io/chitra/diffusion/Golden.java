package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.diffusion.image.GrayImage;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.starter.StarterModel;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** What the reference implementations made, and the model they made it with. */
public final class Golden {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private Golden() {}

  /** The starter model's folder, unpacked once for all tests. */
  public static Path starterModel() throws IOException {
    return StarterModel.unpack(Path.of("target", "starter-model"));
  }

  public static JsonNode json(String name) throws IOException {
    return JSON.readTree(open(name));
  }

  static List<JsonNode> jsonLines(String name) throws IOException {
    String text = new String(open(name).readAllBytes(), StandardCharsets.UTF_8);
    return text.lines().map(Golden::parse).toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new IllegalArgumentException(line, e);
    }
  }

  static byte[] rgb(String name) throws IOException {
    return rgb(ImageIO.read(open(name)));
  }

  public static byte[] rgb(BufferedImage image) {
    byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int pixel = image.getRGB(x, y);
        rgb[at++] = (byte) (pixel >> 16);
        rgb[at++] = (byte) (pixel >> 8);
        rgb[at++] = (byte) pixel;
      }
    }
    return rgb;
  }

  public static InputStream open(String name) {
    InputStream in = Golden.class.getResourceAsStream("/golden/" + name);
    if (in == null) {
      throw new IllegalArgumentException("There is no golden file " + name);
    }
    return in;
  }

  static RgbImage image(String name) throws IOException {
    BufferedImage image = ImageIO.read(open(name));
    return new RgbImage(image.getWidth(), image.getHeight(), rgb(image));
  }

  /** A picture of one channel. */
  static GrayImage gray(String name) throws IOException {
    Raster raster = ImageIO.read(open(name)).getRaster();
    byte[] gray = new byte[raster.getWidth() * raster.getHeight()];
    for (int i = 0; i < gray.length; i++) {
      gray[i] = (byte) raster.getSample(i % raster.getWidth(), i / raster.getWidth(), 0);
    }
    return new GrayImage(raster.getWidth(), raster.getHeight(), gray);
  }

  /** The name in requests of a short name. */
  static String scheduler(String shortName) {
    return switch (shortName) {
      case "ddim" -> "DDIMScheduler";
      case "pndm" -> "PNDMScheduler";
      case "euler" -> "EulerDiscreteScheduler";
      case "euler_a" -> "EulerAncestralDiscreteScheduler";
      case "heun" -> "HeunDiscreteScheduler";
      case "dpmpp_2m" -> "DPMSolverMultistepScheduler";
      case "unipc" -> "UniPCMultistepScheduler";
      case "lcm" -> "LCMScheduler";
      default -> shortName;
    };
  }

  /**
   * At most 1 level of 255 away: the sums of torch and ONNX Runtime differ in their last bits only.
   * A GPU may add one more.
   */
  static void assertClose(String name, byte[] expected, byte[] actual) {
    assertEquals(expected.length, actual.length, name);
    int worst = 0;
    int differing = 0;
    for (int i = 0; i < expected.length; i++) {
      int difference = Math.abs((expected[i] & 0xff) - (actual[i] & 0xff));
      worst = Math.max(worst, difference);
      differing += difference > 0 ? 1 : 0;
    }
    assertTrue(
        worst <= Engines.tolerance(),
        "%s is off by up to %d levels, in %d values".formatted(name, worst, differing));
    assertTrue(
        differing <= expected.length / 10, "%s differs in %d values".formatted(name, differing));
  }
}
