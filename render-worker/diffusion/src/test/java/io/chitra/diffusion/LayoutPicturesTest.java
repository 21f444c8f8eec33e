package io.chitra.diffusion;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import io.chitra.diffusion.image.GrayImage;
import io.chitra.diffusion.image.RgbImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every layout, scheduler, task, and LoRAs against the pictures that diffusers makes with PyTorch:
 * models of random weights, exported by optimum.
 */
class LayoutPicturesTest {

  private static final Path LAYOUTS = Path.of("src/test/resources/golden/layouts");

  private static Engine engine;
  private final Map<String, ModelSetup> setups = new HashMap<>();

  @BeforeAll
  static void start() throws DiffusionException {
    engine = Engine.start(Engines.options().withRows(6));
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @TestFactory
  List<DynamicTest> picturesEqualThoseOfDiffusers() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode job : Golden.jsonLines("layouts/jobs.jsonl")) {
      String id = job.get("id").asText();
      tests.add(
          dynamicTest(
              id,
              () -> {
                Picture picture = engine.render(setup(job), request(job)).get();
                byte[] expected = Golden.rgb("layouts/expected/" + id + ".png");
                Golden.assertClose(id, expected, picture.rgb());
              }));
    }
    return tests;
  }

  private ModelSetup setup(JsonNode job) throws DiffusionException {
    String model = job.get("model").asText();
    ModelSetup setup = setups.get(model);
    if (setup == null) {
      setup = ModelSetup.of(ModelFolder.open(LAYOUTS.resolve("models").resolve(model)));
      setups.put(model, setup);
    }
    List<Lora> loras = new ArrayList<>();
    for (JsonNode lora : job.path("loras")) {
      Path file = LAYOUTS.resolve("loras").resolve(lora.get("path").asText());
      loras.add(new Lora(file, lora.get("scale").asDouble()));
    }
    return new ModelSetup(setup.folder(), setup.vae(), loras);
  }

  private static RenderRequest request(JsonNode job) throws IOException, DiffusionException {
    List<Integer> timesteps = new ArrayList<>();
    job.path("timesteps").forEach(t -> timesteps.add(t.asInt()));
    return new RenderRequest(
        task(job),
        new Prompts(
            Objects.requireNonNull(text(job, "prompt")),
            text(job, "negative_prompt"),
            text(job, "prompt_2"),
            text(job, "negative_prompt_2")),
        new SamplerSettings(
            Golden.scheduler(job.path("scheduler").asText(own(job.get("model").asText()))),
            timesteps.isEmpty() ? job.get("num_inference_steps").asInt() : timesteps.size(),
            timesteps,
            job.path("eta").asDouble(0)),
        new Guidance(
            job.get("guidance_scale").asDouble(), job.path("guidance_rescale").asDouble(0)),
        sizes(job),
        job.get("seed").asLong(),
        job.get("width").asInt(),
        job.get("height").asInt());
  }

  /** The short name of the scheduler that a model is saved with. */
  private static String own(String model) {
    return switch (model) {
      case "sd2" -> "ddim";
      case "sdxl" -> "euler";
      case "lcm" -> "lcm";
      default -> "pndm";
    };
  }

  private static @Nullable MicroConditioning sizes(JsonNode job) {
    if (!job.has("original_size")) {
      return null;
    }
    JsonNode original = job.get("original_size");
    JsonNode crops = job.get("crops_coords_top_left");
    JsonNode target = job.get("target_size");
    return new MicroConditioning(
        original.get(0).asInt(),
        original.get(1).asInt(),
        crops.get(0).asInt(),
        crops.get(1).asInt(),
        target.get(0).asInt(),
        target.get(1).asInt());
  }

  private static Task task(JsonNode job) throws IOException {
    if (!job.has("image")) {
      return new Task.TextToImage();
    }
    RgbImage image = Golden.image("layouts/inputs/" + job.get("image").asText());
    double strength = job.get("strength").asDouble();
    if (!job.has("mask_image")) {
      return new Task.ImageToImage(image, strength);
    }
    GrayImage mask = Golden.gray("layouts/inputs/" + job.get("mask_image").asText());
    return new Task.Inpainting(image, mask, strength, Task.Unmasked.AS_RENDERED);
  }

  private static @Nullable String text(JsonNode job, String field) {
    return job.has(field) ? job.get(field).asText() : null;
  }
}
