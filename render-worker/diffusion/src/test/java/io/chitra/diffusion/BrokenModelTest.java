package io.chitra.diffusion;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Models that cannot be used end in permanent errors that name the file and what is expected of it.
 */
class BrokenModelTest {

  private static Engine engine;

  @TempDir Path temp;
  private Path model;

  @BeforeAll
  static void start() throws DiffusionException {
    engine = Engine.start(Engines.options());
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  @BeforeEach
  void copy() throws IOException {
    model = Folders.copy(Folders.tiny("steps"), temp.resolve("model"));
  }

  @Test
  void missingFiles() throws Exception {
    for (String name :
        new String[] {
          "model_index.json",
          "scheduler/scheduler_config.json",
          "unet/config.json",
          "vae_decoder/config.json",
          "text_encoder/config.json",
          "tokenizer/vocab.json",
          "text_encoder/model.onnx",
          "unet/model.onnx",
          "vae_decoder/model.onnx"
        }) {
      Path hidden = model.resolve(name + ".hidden");
      Files.move(model.resolve(name), hidden);
      assertBroken(name);
      Files.move(hidden, model.resolve(name));
    }
  }

  @Test
  void truncatedGraphs() throws Exception {
    for (String part : new String[] {"text_encoder", "unet", "vae_decoder"}) {
      Path file = model.resolve(part + "/model.onnx");
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
      assertBroken(part + "/model.onnx");
      Files.write(file, bytes);
    }
  }

  @Test
  void swappedGraphs() throws Exception {
    Files.copy(
        model.resolve("unet/model.onnx"),
        model.resolve("vae_decoder/model.onnx"),
        StandardCopyOption.REPLACE_EXISTING);
    assertBroken("vae_decoder/model.onnx", "expected [latent_sample]");
  }

  @Test
  void graphsThatDoNotFitTheConfig() throws Exception {
    Folders.replace(model.resolve("unet/config.json"), "\"in_channels\": 4", "\"in_channels\": 3");
    assertBroken("unet/config.json", "in_channels is 3", "4", "9 for inpainting");
    Folders.replace(
        model.resolve("unet/config.json"),
        "\"in_channels\": 3",
        "\"in_channels\": 3, \"out_channels\": 3");
    assertBroken("unet/config.json", "out_channels is 3", "4");
    Folders.replace(
        model.resolve("vae_decoder/config.json"),
        "\"latent_channels\": 4",
        "\"latent_channels\": 3");
    assertBroken("unet/model.onnx", "[-1, 4, -1, -1]", "expected [-1, 3, -1, -1]");
  }

  @Test
  void aDecoderOfAnotherSize() throws Exception {
    Folders.replace(
        model.resolve("vae_decoder/config.json"),
        "\"block_out_channels\": [\n  4,\n  4\n ]",
        "\"block_out_channels\": [4, 4, 4]");
    assertBroken("vae_decoder/model.onnx", "decodes to [1, 3, 8, 8], expected [1, 3, 16, 16]");
  }

  @Test
  void latentsThatAreNoNumbers() throws Exception {
    Folders.replace(
        model.resolve("vae_decoder/config.json"),
        "\"scaling_factor\": 0.5",
        "\"scaling_factor\": NaN");
    assertBroken("NaN");
  }

  @Test
  void otherPipelinesAndUnets() throws Exception {
    Path index = model.resolve("model_index.json");
    Folders.replace(index, "StableDiffusionPipeline", "FluxPipeline");
    assertBroken("model_index.json", "FluxPipeline", "StableDiffusionXLPipeline");
    Folders.replace(index, "FluxPipeline", "StableDiffusionPipeline");
    Path unet = model.resolve("unet/config.json");
    Folders.replace(unet, "\"time_cond_proj_dim\": null", "\"time_cond_proj_dim\": 256");
    assertBroken("unet/model.onnx", "timestep_cond");
    Folders.replace(unet, "\"time_cond_proj_dim\": 256", "\"addition_embed_type\": \"text_image\"");
    assertBroken("unet/config.json", "addition_embed_type is \"text_image\"");
    Folders.replace(unet, "text_image", "text_time");
    assertBroken("text_encoder/model.onnx", "output_hidden_states");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "scaled_linear, sigmoid, beta_schedule is \"sigmoid\"; supported: linear",
        "0.012, \"much\", beta_end is \"much\"; supported: a number",
        "1000, 1e3, num_train_timesteps is 1000.0; supported: an integer",
        "false, 0, set_alpha_to_one is 0; supported: true or false",
        "{, [{, not JSON",
      })
  void brokenSchedulerConfigs(String text, String by, String why) throws Exception {
    Folders.replace(model.resolve("scheduler/scheduler_config.json"), text, by);
    assertBroken("scheduler/scheduler_config.json", why);
  }

  @Test
  void noFolder() {
    DiffusionException failure =
        assertThrows(DiffusionException.class, () -> ModelFolder.open(temp.resolve("nowhere")));
    assertTrue(failure.permanent());
    assertTrue(failure.toString().contains("nowhere"), failure.toString());
  }

  /** A broken model must not keep others from being rendered. */
  private void assertBroken(String... contents) throws Exception {
    DiffusionException failure;
    try {
      failure =
          Requests.failure(engine.render(ModelSetup.of(ModelFolder.open(model)), Requests.tiny(1)));
    } catch (DiffusionException e) {
      failure = e;
    }
    assertTrue(failure.permanent(), failure.toString());
    for (String content : contents) {
      assertTrue(failure.toString().contains(content), failure.toString());
    }
    engine
        .render(ModelSetup.of(ModelFolder.open(Folders.tiny("half-scalar"))), Requests.tiny(2))
        .get();
  }
}
