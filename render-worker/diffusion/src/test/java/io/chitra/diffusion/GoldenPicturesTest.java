package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertAll;

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
    Engines.assumeCpu(); // a GPU sums in half precision in another order
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
    try (Engine engine = Engine.start(Engines.options().withRows(6))) {
      for (JsonNode job : Golden.jsonLines(jobs)) {
        for (int i = 0; i < job.path("num_images_per_prompt").asInt(1); i++) {
          pictures.put(
              job.get("id").asText() + "-" + i + ".png",
              engine.render(ModelSetup.of(model), request(job, i)));
        }
      }
      List<Executable> comparisons = new ArrayList<>();
      for (Map.Entry<String, CompletableFuture<Picture>> entry : pictures.entrySet()) {
        byte[] reference = Golden.rgb(expected + "/" + entry.getKey());
        Picture picture = entry.getValue().get();
        comparisons.add(() -> Golden.assertClose(entry.getKey(), reference, picture.rgb()));
      }
      assertAll(comparisons);
    }
  }

  private static RenderRequest request(JsonNode job, int index) {
    JsonNode negative = job.get("negative_prompt");
    return Requests.of(
        job.get("prompt").asText(),
        negative == null ? null : negative.asText(),
        job.get("num_inference_steps").asInt(),
        job.get("guidance_scale").asDouble(),
        Golden.scheduler(job.path("scheduler").asText("ddim")),
        job.get("seed").asLong() + index,
        job.get("width").asInt(),
        job.get("height").asInt());
  }
}
