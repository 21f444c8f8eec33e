package io.chitra.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chitra.job.ModelFacts.VaeFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class ModelFactsTest {

  private static final String DIGEST = "ab".repeat(32);

  @TempDir private Path folder;

  @BeforeEach
  void makeModel() throws IOException {
    write("model_index.json", "{\"_class_name\":\"StableDiffusionPipeline\"}");
    write("unet/config.json", "{\"block_out_channels\":[128,192,256],\"sample_size\":32}");
    write("vae_decoder/config.json", "{\"block_out_channels\":[32,48,96,128]}");
    write("scheduler/scheduler_config.json", "{\"_class_name\":\"DDIMScheduler\"}");
  }

  @Test
  void readsWhatTheFilesSay() throws Exception {
    assertEquals(facts(256, 256, "DDIMScheduler", null, null), read());
    assertEquals(50, read().steps());
    assertEquals(7.5, read().guidanceScale(TaskKind.TEXT_TO_IMAGE));
  }

  @Test
  void theModelsOwnDefaultsGoFirst() throws Exception {
    write(
        "chitra.json",
        "{\"num_inference_steps\":20,\"guidance_scale\":7,\"scheduler\":\"dpmpp_2m\"}");
    assertEquals(facts(256, 256, "dpmpp_2m", 20, 7.0), read());
    assertEquals(20, read().steps());
    assertEquals(7.0, read().guidanceScale(TaskKind.INPAINTING));
    write("chitra.json", "{\"num_inference_steps\":4}");
    assertEquals(facts(256, 256, "DDIMScheduler", 4, null), read());
  }

  @Test
  void theSampleSizeMayBeHeightAndWidth() throws Exception {
    write("unet/config.json", "{\"block_out_channels\":[1,2,3,4],\"sample_size\":[64,96]}");
    assertEquals(facts(768, 512, "DDIMScheduler", null, null), read());
  }

  @ParameterizedTest
  @CsvSource({
    "StableDiffusionPipeline, STABLE_DIFFUSION",
    "StableDiffusionImg2ImgPipeline, STABLE_DIFFUSION",
    "StableDiffusionInpaintPipeline, STABLE_DIFFUSION",
    "OnnxStableDiffusionPipeline, STABLE_DIFFUSION",
    "ORTStableDiffusionPipeline, STABLE_DIFFUSION",
    "StableDiffusionXLPipeline, STABLE_DIFFUSION_XL",
    "ORTStableDiffusionXLImg2ImgPipeline, STABLE_DIFFUSION_XL",
    "StableDiffusionXLInpaintPipeline, STABLE_DIFFUSION_XL",
    "LatentConsistencyModelPipeline, LATENT_CONSISTENCY",
    "LatentConsistencyModelImg2ImgPipeline, LATENT_CONSISTENCY"
  })
  void theKindOfModelIsToldByItsIndex(String className, Pipeline pipeline) throws Exception {
    write("model_index.json", "{\"_class_name\":\"%s\"}".formatted(className));
    assertEquals(pipeline, read().pipeline());
  }

  /** As the signatures of diffusers' pipelines have it: {@code __call__}. */
  @ParameterizedTest
  @CsvSource({
    "STABLE_DIFFUSION, TEXT_TO_IMAGE, 50, 7.5,",
    "STABLE_DIFFUSION, IMAGE_TO_IMAGE, 50, 7.5, 0.8",
    "STABLE_DIFFUSION, INPAINTING, 50, 7.5, 1",
    "STABLE_DIFFUSION, OUTPAINTING, 50, 7.5, 1",
    "STABLE_DIFFUSION_XL, TEXT_TO_IMAGE, 50, 5,",
    "STABLE_DIFFUSION_XL, IMAGE_TO_IMAGE, 50, 5, 0.3",
    "STABLE_DIFFUSION_XL, INPAINTING, 50, 7.5, 0.9999",
    "STABLE_DIFFUSION_XL, OUTPAINTING, 50, 7.5, 1",
    "LATENT_CONSISTENCY, TEXT_TO_IMAGE, 4, 8.5,",
    "LATENT_CONSISTENCY, IMAGE_TO_IMAGE, 4, 8.5, 0.8",
  })
  void defaultsAreThoseOfDiffusersPipelines(
      Pipeline pipeline, TaskKind task, int steps, double guidance, @Nullable Double strength) {
    assertEquals(steps, pipeline.numInferenceSteps());
    assertEquals(guidance, pipeline.guidanceScale(task));
    if (strength != null) {
      assertEquals(strength, pipeline.strength(task));
    }
  }

  @Test
  void theUNetsChannelsTellWhetherItInpaints() throws Exception {
    write("unet/config.json", "{\"block_out_channels\":[1],\"sample_size\":32,\"in_channels\":9}");
    assertEquals(ModelFacts.UNetInput.LATENTS_MASK_AND_MASKED_IMAGE, read().unet());

    write("unet/config.json", "{\"block_out_channels\":[1],\"sample_size\":32,\"in_channels\":16}");
    write("vae_decoder/config.json", "{\"block_out_channels\":[1,2],\"latent_channels\":16}");
    assertEquals(ModelFacts.UNetInput.LATENTS, read().unet());
    assertEquals(new VaeFacts(2, 16), read().vae());
  }

  @Test
  void aVaeMayBeAlone() throws Exception {
    Files.delete(folder.resolve("model_index.json"));
    assertEquals(new VaeFacts(8, 4), VaeFacts.read(folder));
  }

  static final List<Arguments> BROKEN =
      List.of(
          Arguments.of(
              "model_index.json",
              "{\"_class_name\":\"FluxPipeline\"}",
              "the model's FOLDER/model_index.json: _class_name is \"FluxPipeline\", not"
                  + " StableDiffusionPipeline, StableDiffusionXLPipeline or"
                  + " LatentConsistencyModelPipeline"),
          Arguments.of(
              "unet/config.json",
              "{\"block_out_channels\":[1],\"sample_size\":32,\"in_channels\":8}",
              "the model's FOLDER/unet/config.json: in_channels is 8, not 4 (the VAE's latents) or,"
                  + " for inpainting, 9"),
          Arguments.of(
              "unet/config.json",
              "{\"block_out_channels\":[1]}",
              "the model's FOLDER/unet/config.json: sample_size is missing, not the side of the"
                  + " latents, or their height and width"),
          Arguments.of(
              "unet/config.json",
              "{\"block_out_channels\":[1],\"sample_size\":0}",
              "the model's FOLDER/unet/config.json: sample_size is 0, not the side of the latents,"
                  + " or their height and width"),
          Arguments.of(
              "unet/config.json",
              "{\"block_out_channels\":[1],\"sample_size\":[1,2,3]}",
              "the model's FOLDER/unet/config.json: sample_size is [1,2,3], not the side of the"
                  + " latents, or their height and width"),
          Arguments.of(
              "vae_decoder/config.json",
              "{}",
              "the model's FOLDER/vae_decoder/config.json: block_out_channels is missing, not an"
                  + " array with the channels of each level"),
          Arguments.of(
              "vae_decoder/config.json",
              "[]",
              "the model FOLDER: vae_decoder/config.json is no JSON object"),
          Arguments.of(
              "vae_decoder/config.json",
              "",
              "the model FOLDER: vae_decoder/config.json is no JSON object"),
          Arguments.of(
              "scheduler/scheduler_config.json",
              "{}",
              "the model's FOLDER/scheduler/scheduler_config.json: _class_name is missing, not a"
                  + " text"),
          Arguments.of(
              "chitra.json",
              "{\"steps\":20}",
              "the model's FOLDER/chitra.json: unknown field 'steps'; it may set"
                  + " num_inference_steps, guidance_scale or scheduler"),
          Arguments.of(
              "chitra.json",
              "{\"num_inference_steps\":0}",
              "the model's FOLDER/chitra.json: num_inference_steps is 0, not a whole number from 1"
                  + " on"),
          Arguments.of(
              "chitra.json",
              "{\"num_inference_steps\":2.5}",
              "the model's FOLDER/chitra.json: num_inference_steps is 2.5, not a whole number from"
                  + " 1 on"),
          Arguments.of(
              "chitra.json",
              "{\"guidance_scale\":\"7\"}",
              "the model's FOLDER/chitra.json: guidance_scale is \"7\", not a number from 0 on"),
          Arguments.of(
              "chitra.json",
              "{\"guidance_scale\":1e999}",
              "the model's FOLDER/chitra.json: guidance_scale is \"Infinity\", not a number from 0"
                  + " on"),
          Arguments.of(
              "chitra.json",
              "{\"scheduler\":\"eular\"}",
              "the model's FOLDER/chitra.json: scheduler: 'eular' is no scheduler; did you mean"
                  + " euler?"));

  @ParameterizedTest
  @FieldSource("BROKEN")
  void tellsWhichFileAndWhatWasExpected(String file, String json, String why) throws IOException {
    write(file, json);
    ModelFolderException e = assertThrows(ModelFolderException.class, this::read);
    assertEquals("Cannot read " + why.replace("FOLDER", folder.toString()), e.getMessage());
  }

  @Test
  void tellsWhenItIsNoJson() throws IOException {
    write("unet/config.json", "{\"a\":1,\"a\":2}");
    ModelFolderException e = assertThrows(ModelFolderException.class, this::read);
    assertEquals(
        "Cannot read the model %s: unet/config.json is no JSON: Duplicate field 'a'"
            .formatted(folder),
        e.getMessage());
  }

  @Test
  void tellsWhatIsMissing() throws IOException {
    Path absent = folder.resolve("absent");
    ModelFolderException noFolder =
        assertThrows(ModelFolderException.class, () -> ModelFacts.read(absent, DIGEST, "mine"));
    assertEquals(
        "Cannot read the model %s: there is no such folder".formatted(absent),
        noFolder.getMessage());

    Files.delete(folder.resolve("unet/config.json"));
    ModelFolderException noFile = assertThrows(ModelFolderException.class, this::read);
    assertEquals(
        "Cannot read the model %s: it has no unet/config.json; a model is a folder as optimum"
                .formatted(folder)
            + " exports it",
        noFile.getMessage());
  }

  private static ModelFacts facts(
      int width, int height, String scheduler, @Nullable Integer steps, @Nullable Double guidance) {
    return new ModelFacts(
        DIGEST,
        "mine",
        Pipeline.STABLE_DIFFUSION,
        ModelFacts.UNetInput.LATENTS,
        new VaeFacts(8, 4),
        width,
        height,
        scheduler,
        steps,
        guidance);
  }

  private ModelFacts read() throws ModelFolderException {
    return ModelFacts.read(folder, DIGEST, "mine");
  }

  private void write(String name, String json) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, json);
  }
}
