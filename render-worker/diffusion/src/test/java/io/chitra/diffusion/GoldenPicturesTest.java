package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The engine's pictures against those that diffusers made with the same models. */
class GoldenPicturesTest {

  @Test
  void ofTheStarterModel() throws Exception {
    Path model = Golden.starterModel();
    assertPictures(model, "starter/jobs-starter.jsonl", "starter/expected");
    assertPictures(model, "more/jobs-starter.jsonl", "more/expected");
  }

  @Test
  void ofAHalfPrecisionModelWithOneTimestepABatch() throws Exception {
    assertPictures(
        Folders.tiny("half-scalar"), "tiny/jobs-tiny.jsonl", "tiny/expected/half-scalar");
  }

  @Test
  void ofAModelWhoseTimestepsHaveADimensionOfTheirOwn() throws Exception {
    assertPictures(Folders.tiny("steps"), "tiny/jobs-tiny.jsonl", "tiny/expected/steps");
  }

  private static void assertPictures(Path folder, String jobs, String expected) throws Exception {
    ModelFolder model = ModelFolder.open(folder);
    Map<String, CompletableFuture<Picture>> pictures = new LinkedHashMap<>();
    try (Engine engine = Engine.start(EngineOptions.defaults().withRows(6))) {
      for (JsonNode job : Golden.jsonLines(jobs)) {
        for (int i = 0; i < job.path("num_images_per_prompt").asInt(1); i++) {
          pictures.put(
              job.get("id").asText() + "-" + i + ".png", engine.render(model, request(job, i)));
        }
      }
      List<Executable> comparisons = new ArrayList<>();
      for (Map.Entry<String, CompletableFuture<Picture>> entry : pictures.entrySet()) {
        byte[] reference = Golden.rgb(expected + "/" + entry.getKey());
        Picture picture = entry.getValue().get();
        comparisons.add(() -> assertClose(entry.getKey(), reference, picture.rgb()));
      }
      assertAll(comparisons);
    }
  }

  /**
   * At most 1 level of 255 away, and that seldom: the sums of torch and ONNX Runtime differ in
   * their last bits only.
   */
  private static void assertClose(String name, byte[] expected, byte[] actual) {
    assertEquals(expected.length, actual.length, name);
    int worst = 0;
    int differing = 0;
    for (int i = 0; i < expected.length; i++) {
      int difference = Math.abs((expected[i] & 0xff) - (actual[i] & 0xff));
      worst = Math.max(worst, difference);
      differing += difference > 0 ? 1 : 0;
    }
    assertTrue(worst <= 1, "%s is off by up to %d levels".formatted(name, worst));
    assertTrue(
        differing <= expected.length / 100, "%s differs in %d values".formatted(name, differing));
  }

  private static TextToImage request(JsonNode job, int index) {
    JsonNode negative = job.get("negative_prompt");
    return new TextToImage(
        job.get("prompt").asText(),
        negative == null ? null : negative.asText(),
        job.get("num_inference_steps").asInt(),
        job.get("guidance_scale").asDouble(),
        scheduler(job.path("scheduler").asText("ddim")),
        job.get("seed").asLong() + index,
        job.get("width").asInt(),
        job.get("height").asInt());
  }

  private static String scheduler(String name) {
    return switch (name) {
      case "ddim" -> "DDIMScheduler";
      case "euler" -> "EulerDiscreteScheduler";
      case "dpmpp_2m" -> "DPMSolverMultistepScheduler";
      default -> throw new IllegalArgumentException(name);
    };
  }
}
