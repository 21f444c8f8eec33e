package io.chitra.diffusion;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.chitra.starter.StarterModel;
import java.awt.image.BufferedImage;
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

  private static InputStream open(String name) {
    InputStream in = Golden.class.getResourceAsStream("/golden/" + name);
    if (in == null) {
      throw new IllegalArgumentException("There is no golden file " + name);
    }
    return in;
  }
}
