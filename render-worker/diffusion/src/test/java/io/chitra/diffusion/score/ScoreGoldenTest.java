package io.chitra.diffusion.score;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.Golden;
import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.image.RgbImage;
import io.chitra.diffusion.onnx.Device;
import io.chitra.diffusion.onnx.OnnxRuntime;
import io.chitra.diffusion.onnx.PictureModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against transformers, on random models, with the script {@code golden/make/score_models.py}. */
class ScoreGoldenTest {

  private static final OnnxRuntime RUNTIME = new OnnxRuntime(new Device.Cpu(), 2);
  private static final Path MODELS = Path.of("src/test/resources/golden/score");

  private static JsonNode golden(String part) throws IOException {
    return Golden.json("score/golden.json").get(part);
  }

  @Test
  void picturesAreProcessedBitForBit() throws IOException, DiffusionException {
    for (JsonNode expected : golden("processors")) {
      ConfigFile config =
          ConfigFile.parse("preprocessor_config.json", expected.get("config").toString());
      PictureModel.Pixels pixels =
          ImageProcessor.of(config).pixelValues(List.of(picture(expected)));
      assertEquals(expected.get("shape").get(1).asInt(), pixels.height());
      assertEquals(expected.get("shape").get(2).asInt(), pixels.width());
      assertArrayEquals(floats(expected), pixels.values(), name(expected));
    }
  }

  @Test
  void clipScores() throws IOException, DiffusionException {
    List<RgbImage> pictures = new ArrayList<>();
    List<String> prompts = new ArrayList<>();
    List<Double> expected = new ArrayList<>();
    for (JsonNode one : golden("clip")) {
      pictures.add(picture(one));
      prompts.add(one.get("prompt").asText());
      expected.add(one.get("score").asDouble());
    }
    try (ClipScorer clip = ClipScorer.open(RUNTIME, MODELS.resolve("clip"))) {
      double[] scores = clip.scores(pictures, prompts);
      for (int i = 0; i < scores.length; i++) {
        assertEquals(expected.get(i), scores[i], 1e-3, prompts.get(i));
        double alone = clip.scores(pictures.subList(i, i + 1), prompts.subList(i, i + 1))[0];
        assertEquals(alone, scores[i], 1e-4, "beside others: " + prompts.get(i));
      }
    }
  }

  @Test
  void classifies() throws IOException, DiffusionException {
    List<RgbImage> pictures = new ArrayList<>();
    for (JsonNode one : golden("classifier")) {
      pictures.add(picture(one));
    }
    try (ImageClassifier classifier = ImageClassifier.open(RUNTIME, MODELS.resolve("classifier"))) {
      assertEquals(List.of("normal", "nsfw", "drawing"), classifier.labels());
      List<double[]> probabilities = classifier.probabilities(pictures);
      for (int i = 0; i < pictures.size(); i++) {
        JsonNode expected = golden("classifier").get(i).get("probabilities");
        for (int label = 0; label < 3; label++) {
          double one = expected.get(classifier.labels().get(label)).asDouble();
          assertEquals(one, probabilities.get(i)[label], 1e-5);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"clip", "clip-vision", "dino"})
  void embeds(String model) throws IOException, DiffusionException {
    JsonNode golden = golden("embedders").get(model);
    List<RgbImage> pictures = new ArrayList<>();
    for (JsonNode one : golden) {
      pictures.add(picture(one));
    }
    try (ImageEmbedder embedder =
        ImageEmbedder.open(RUNTIME, MODELS.resolve(model).resolve("model.onnx"))) {
      List<float[]> vectors = embedder.embed(pictures);
      for (int i = 0; i < pictures.size(); i++) {
        float[] expected = new float[golden.get(i).get("embedding").size()];
        for (int j = 0; j < expected.length; j++) {
          expected[j] = (float) golden.get(i).get("embedding").get(j).asDouble();
        }
        Vectors.normalize(expected);
        assertArrayEquals(expected, vectors.get(i), 1e-5f);
      }
    }
  }

  @Test
  void saysWhatAModelLacks(@TempDir Path folder) throws IOException {
    assertEquals(
        "Cannot use model.onnx: its outputs are [logits], expected one of [image_embeds,"
            + " pooler_output, last_hidden_state]",
        refusal(() -> ImageEmbedder.open(RUNTIME, MODELS.resolve("classifier"))));
    assertTrue(
        refusal(() -> ImageClassifier.open(RUNTIME, MODELS.resolve("clip-vision")))
            .startsWith("Cannot use config.json: id2label is null"));
    assertTrue(
        refusal(() -> ClipScorer.open(RUNTIME, MODELS.resolve("dino"))).contains("tokenizer.json"));
    Path bare = Files.copy(MODELS.resolve("dino/model.onnx"), folder.resolve("bare.onnx"));
    assertTrue(
        refusal(() -> ImageEmbedder.open(RUNTIME, bare))
            .contains("it has no file preprocessor_config.json"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"size\": 24, \"resample\": 0, \"do_center_crop\": false}",
        "{\"size\": {\"shortest_edge\": 24}, \"do_center_crop\": false}",
        "{\"size\": {\"shortest_edge\": 24}, \"crop_size\": 32}",
        "{\"size\": 24, \"crop_pct\": 0.9}",
        "{\"size\": 24, \"image_mean\": [0.5]}",
        "{\"do_resize\": false}",
        "{}"
      })
  void refusesProcessorsThatItDoesNotKnow(String config) {
    assertTrue(
        refusal(() -> ImageProcessor.of(ConfigFile.parse("preprocessor_config.json", config)))
            .startsWith("Cannot use preprocessor_config.json: "));
  }

  @Test
  void aPlainSizeIsTheShorterSideForClip() throws DiffusionException {
    ImageProcessor clip = plain("CLIPFeatureExtractor");
    assertEquals(16, clip.width());
    String vit =
        "{\"size\": 20, \"do_normalize\": false, \"image_processor_type\": \"ViTImageProcessor\"}";
    assertEquals(20, ImageProcessor.of(ConfigFile.parse("p", vit)).width());
  }

  private static ImageProcessor plain(String type) throws DiffusionException {
    return ImageProcessor.of(
        ConfigFile.parse(
            "p",
            "{\"size\": 20, \"crop_size\": 16, \"do_normalize\": false, \"feature_extractor_type\": \"%s\"}"
                .formatted(type)));
  }

  private interface Opening {
    Object open() throws DiffusionException;
  }

  private static String refusal(Opening opening) {
    DiffusionException refused = assertThrows(DiffusionException.class, opening::open);
    assertTrue(refused.permanent());
    return String.valueOf(refused.getMessage());
  }

  private static String name(JsonNode picture) {
    return "%s %s x %s"
        .formatted(picture.get("pattern").asText(), picture.get("width"), picture.get("height"));
  }

  private static float[] floats(JsonNode expected) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(expected.get("pixel_values").binaryValue()).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static RgbImage picture(JsonNode golden) {
    int width = golden.get("width").asInt();
    int height = golden.get("height").asInt();
    boolean noise = golden.get("pattern").asText().equals("noise");
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % width;
      int y = i / 3 / width;
      rgb[i] =
          (byte)
              (noise
                  ? i * i * 31 + i * 7 + (i >> 3) * 13
                  : switch (i % 3) {
                    case 0 -> x * 255 / (width - 1);
                    case 1 -> y * 255 / (height - 1);
                    default -> (x + y) * 255 / (width + height - 2);
                  });
    }
    return new RgbImage(width, height, rgb);
  }
}
