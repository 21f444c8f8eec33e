package io.chitra.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model's folder says about jobs for it; read from its configuration files, never from its
 * weights.
 *
 * @param digest of the whole folder, 64 hexadecimal digits
 * @param name what the person calls the model; for reading only
 * @param pipeline what kind of model it is
 * @param unet what the UNet takes
 * @param vae pixels and latents
 * @param width the width of a job that names none, in pixels
 * @param height the height of a job that names none, in pixels
 * @param scheduler of a job that names none: a diffusers class name or a short name, perhaps one
 *     that is not supported
 * @param numInferenceSteps of a job that names none; null: as the pipeline has it
 * @param guidanceScale of a job that names none; null: as the pipeline has it
 */
public record ModelFacts(
    String digest,
    String name,
    Pipeline pipeline,
    UNetInput unet,
    VaeFacts vae,
    int width,
    int height,
    String scheduler,
    @Nullable Integer numInferenceSteps,
    @Nullable Double guidanceScale) {

  /** What a UNet takes. */
  public enum UNetInput {
    LATENTS,
    /** The mask and the masked picture too: it can do nothing but inpaint. */
    LATENTS_MASK_AND_MASKED_IMAGE
  }

  /**
   * What a VAE says about pictures.
   *
   * @param factor pixels of a latent's side: width and height are multiples of it
   * @param latentChannels of the latents
   */
  public record VaeFacts(int factor, int latentChannels) {

    /**
     * Reads {@code vae_decoder/config.json} of a model's folder, or of a VAE's alone.
     *
     * @throws ModelFolderException when it is missing or does not say what it must
     */
    public static VaeFacts read(Path folder) throws ModelFolderException {
      requireFolder(folder);
      Config config = Config.read(folder, "vae_decoder/config.json");
      return new VaeFacts(config.halvings(), config.positiveInt("latent_channels", 4));
    }
  }

  /** The file in a model's folder that sets defaults of its own. */
  public static final String DEFAULTS_FILE = "chitra.json";

  private static final int MAX_LEVELS = 10;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /**
   * Reads {@code model_index.json}, {@code unet/config.json}, {@code vae_decoder/config.json},
   * {@code scheduler/scheduler_config.json} and, if it is there, {@code chitra.json}.
   *
   * @throws ModelFolderException when one is missing or does not say what it must
   */
  public static ModelFacts read(Path folder, String digest, String name)
      throws ModelFolderException {
    requireFolder(folder);
    Pipeline pipeline = Config.read(folder, "model_index.json").pipeline();
    Config unet = Config.read(folder, "unet/config.json");
    VaeFacts vae = VaeFacts.read(folder);
    int[] sampleSize = unet.sampleSize();
    Config scheduler = Config.read(folder, "scheduler/scheduler_config.json");
    Config own =
        Files.exists(folder.resolve(DEFAULTS_FILE))
            ? Config.read(folder, DEFAULTS_FILE)
            : new Config(folder.resolve(DEFAULTS_FILE), JSON.createObjectNode());
    own.allowOnly(List.of("num_inference_steps", "guidance_scale", "scheduler"));
    return new ModelFacts(
        digest,
        name,
        pipeline,
        unet.input(vae.latentChannels()),
        vae,
        sampleSize[1] * vae.factor(),
        sampleSize[0] * vae.factor(),
        own.has("scheduler") ? own.schedulerName() : scheduler.text("_class_name"),
        own.has("num_inference_steps") ? own.positiveInt("num_inference_steps") : null,
        own.has("guidance_scale") ? own.positiveDouble("guidance_scale") : null);
  }

  /** {@code num_inference_steps} of a job that names none. */
  int steps() {
    return numInferenceSteps != null ? numInferenceSteps : pipeline.numInferenceSteps();
  }

  /** {@code guidance_scale} of a job that names none. */
  double guidanceScale(TaskKind task) {
    return guidanceScale != null ? guidanceScale : pipeline.guidanceScale(task);
  }

  private static void requireFolder(Path folder) throws ModelFolderException {
    if (!Files.isDirectory(folder)) {
      throw new ModelFolderException(
          "Cannot read the model %s: there is no such folder".formatted(folder));
    }
  }

  /** One configuration file. */
  private record Config(Path file, JsonNode json) {

    static Config read(Path folder, String name) throws ModelFolderException {
      Path file = folder.resolve(name);
      try {
        JsonNode json = JSON.readTree(Files.readAllBytes(file));
        if (!json.isObject()) {
          throw new ModelFolderException(
              "Cannot read the model %s: %s is no JSON object".formatted(folder, name));
        }
        return new Config(file, json);
      } catch (NoSuchFileException e) {
        throw new ModelFolderException(
            "Cannot read the model %s: it has no %s; a model is a folder as optimum exports it"
                .formatted(folder, name),
            e);
      } catch (JsonProcessingException e) {
        throw new ModelFolderException(
            "Cannot read the model %s: %s is no JSON: %s"
                .formatted(folder, name, Texts.printable(e.getOriginalMessage())),
            e);
      } catch (IOException e) {
        throw new ModelFolderException(
            "Cannot read the model %s: cannot read %s: %s".formatted(folder, name, e.getMessage()),
            e);
      }
    }

    boolean has(String field) {
      return json.hasNonNull(field);
    }

    /** 2 to the number of levels but one: each level but the last halves the picture. */
    int halvings() throws ModelFolderException {
      int levels = json.path("block_out_channels").size();
      if (levels < 1 || levels > MAX_LEVELS) {
        throw expected("block_out_channels", "an array with the channels of each level");
      }
      return 1 << (levels - 1);
    }

    /** Height and width of the latents, as diffusers gives them: one number, or two. */
    int[] sampleSize() throws ModelFolderException {
      JsonNode size = json.path("sample_size");
      JsonNode height = size.isArray() ? size.path(0) : size;
      JsonNode width = size.isArray() ? size.path(1) : size;
      if (!isSide(height) || !isSide(width) || size.size() > 2) {
        throw expected("sample_size", "the side of the latents, or their height and width");
      }
      return new int[] {height.intValue(), width.intValue()};
    }

    /** The kind of model that a {@code model_index.json} names. */
    Pipeline pipeline() throws ModelFolderException {
      String className = text("_class_name");
      return Pipeline.find(className)
          .orElseThrow(
              () ->
                  expected(
                      "_class_name",
                      Texts.alternatives(
                          Arrays.stream(Pipeline.values()).map(Pipeline::className).toList())));
    }

    /** By the UNet's channels: those of the latents, or twice as many and the mask. */
    UNetInput input(int latentChannels) throws ModelFolderException {
      int channels = positiveInt("in_channels", 4);
      if (channels == latentChannels) {
        return UNetInput.LATENTS;
      }
      if (channels == 2 * latentChannels + 1) {
        return UNetInput.LATENTS_MASK_AND_MASKED_IMAGE;
      }
      throw expected(
          "in_channels",
          "%d (the VAE's latents) or, for inpainting, %d"
              .formatted(latentChannels, 2 * latentChannels + 1));
    }

    String text(String field) throws ModelFolderException {
      if (!json.path(field).isTextual()) {
        throw expected(field, "a text");
      }
      return json.path(field).textValue();
    }

    String schedulerName() throws ModelFolderException {
      String name = text("scheduler");
      if (SchedulerName.find(name).isEmpty()) {
        throw new ModelFolderException(
            "Cannot read the model's %s: scheduler: %s"
                .formatted(file, SchedulerName.refusal(name)));
      }
      return name;
    }

    int positiveInt(String field, int otherwise) throws ModelFolderException {
      return has(field) ? positiveInt(field) : otherwise;
    }

    int positiveInt(String field) throws ModelFolderException {
      JsonNode value = json.path(field);
      if (!value.isInt() || value.intValue() < 1) {
        throw expected(field, "a whole number from 1 on");
      }
      return value.intValue();
    }

    double positiveDouble(String field) throws ModelFolderException {
      JsonNode value = json.path(field);
      if (!value.isNumber() || !Double.isFinite(value.doubleValue()) || value.doubleValue() < 0) {
        throw expected(field, "a number from 0 on");
      }
      return value.doubleValue();
    }

    void allowOnly(List<String> known) throws ModelFolderException {
      for (String field : (Iterable<String>) json::fieldNames) {
        if (!known.contains(field)) {
          throw new ModelFolderException(
              "Cannot read the model's %s: unknown field %s; it may set %s"
                  .formatted(file, Texts.quoted(field), Texts.alternatives(known)));
        }
      }
    }

    private static boolean isSide(JsonNode value) {
      return value.isInt() && value.intValue() >= 1 && value.intValue() <= 1 << 16;
    }

    private ModelFolderException expected(String field, String what) {
      JsonNode value = json.path(field);
      return new ModelFolderException(
          "Cannot read the model's %s: %s is %s, not %s"
              .formatted(
                  file,
                  field,
                  value.isMissingNode() ? "missing" : Texts.shown(value.toString()),
                  what));
    }
  }
}
