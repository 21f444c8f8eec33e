package io.chitra.diffusion;

import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.model.UNetConfig;
import io.chitra.diffusion.model.UNetConfig.Conditioning;
import io.chitra.diffusion.scheduler.SamplingRequest.StrengthRule;
import io.chitra.diffusion.scheduler.Scheduler;
import io.chitra.diffusion.scheduler.Schedulers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Stable Diffusion model in ONNX, as {@code optimum} exports it and diffusers names its parts: SD
 * 1.x, SD 2.x, SDXL, LCM, and inpainting models of these. Which it is, its configs tell. Opening
 * one reads its config files only. Immutable; equal when the folders are the same. The files must
 * not change while an engine uses them.
 */
public final class ModelFolder {

  private static final Set<String> PIPELINES =
      Set.of(
          "StableDiffusionPipeline",
          "StableDiffusionImg2ImgPipeline",
          "StableDiffusionInpaintPipeline",
          "StableDiffusionXLPipeline",
          "StableDiffusionXLImg2ImgPipeline",
          "StableDiffusionXLInpaintPipeline",
          "LatentConsistencyModelPipeline",
          "LatentConsistencyModelImg2ImgPipeline");

  private final Path path;
  private final String pipeline;
  private final boolean zerosForMissingPrompt;
  private final ConfigFile schedulerConfig;
  private final UNetConfig unet;
  private final VaeFolder vae;

  private ModelFolder(
      Path path, ConfigFile index, ConfigFile schedulerConfig, UNetConfig unet, VaeFolder vae)
      throws DiffusionException {
    this.path = path;
    this.pipeline = pipeline(index);
    this.zerosForMissingPrompt = index.flag("force_zeros_for_empty_prompt", true);
    this.schedulerConfig = schedulerConfig;
    this.unet = unet;
    this.vae = vae;
  }

  /**
   * @throws DiffusionException permanent, when a file is missing or says something that the engine
   *     cannot do
   */
  public static ModelFolder open(Path folder) throws DiffusionException {
    Path path = realPath(folder);
    ConfigFile index = ConfigFile.read(path, "model_index.json");
    ConfigFile unetFile = ConfigFile.read(path, "unet/config.json");
    UNetConfig unet = UNetConfig.read(unetFile);
    VaeFolder vae = VaeFolder.open(path);
    int latentChannels = vae.config().latentChannels();
    if (unet.outChannels() != latentChannels) {
      throw unetFile.unsupported(
          "out_channels", "%d, the VAE's latent_channels".formatted(latentChannels));
    }
    if (unet.inChannels() != latentChannels && unet.inChannels() != 2 * latentChannels + 1) {
      throw unetFile.unsupported(
          "in_channels",
          "%d, the VAE's latent_channels, or %d for inpainting"
              .formatted(latentChannels, 2 * latentChannels + 1));
    }
    ConfigFile scheduler = ConfigFile.read(path, "scheduler/scheduler_config.json");
    return new ModelFolder(path, index, scheduler, unet, vae);
  }

  /** diffusers' name of the class, whichever library has saved it. */
  private static String pipeline(ConfigFile index) throws DiffusionException {
    String name =
        index.text("_class_name", "StableDiffusionPipeline").replaceFirst("^(ORT|Onnx)", "");
    if (!PIPELINES.contains(name)) {
      throw index.unsupported(
          "_class_name", String.join(", ", PIPELINES.stream().sorted().toList()));
    }
    return name;
  }

  static Path realPath(Path folder) throws DiffusionException {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw DiffusionException.permanent(
          "Cannot open model %s: there is no such folder".formatted(folder), e);
    }
  }

  public Path path() {
    return path;
  }

  /** The diffusers class that the model was saved by. */
  public String pipeline() {
    return pipeline;
  }

  /** The diffusers class of the model's own scheduler; empty when its config does not say. */
  public String scheduler() throws DiffusionException {
    return schedulerConfig.text("_class_name", "");
  }

  /** What width and height must be a multiple of: the VAE's factor. */
  public int sizeFactor() {
    return vae.config().factor();
  }

  /** Of a picture by default, in pixels. */
  public int width() {
    return unet.sampleWidth() * vae.config().factor();
  }

  /** Of a picture by default, in pixels. */
  public int height() {
    return unet.sampleHeight() * vae.config().factor();
  }

  /** The VAE that the model came with. */
  public VaeFolder vae() {
    return vae;
  }

  UNetConfig unet() {
    return unet;
  }

  /** What kind of model the configs tell, for people. */
  public String layout() {
    return (isXl() ? "Stable Diffusion XL" : "Stable Diffusion 1.x or 2.x")
        + (isInpaintingModel() ? ", inpainting" : "")
        + (isGuidanceDistilled() ? ", guidance distilled (LCM)" : "");
  }

  /** Whether the UNet is told sizes and a pooled prompt, as SDXL's is. */
  boolean isXl() {
    return unet.conditioning() == Conditioning.PROMPT_AND_SIZES;
  }

  /** Whether the UNet takes a mask and the masked picture's latents beside the latents. */
  boolean isInpaintingModel() {
    return unet.inChannels() != unet.outChannels();
  }

  /** Whether the UNet takes the guidance scale as an input, in place of a second row. */
  boolean isGuidanceDistilled() {
    return unet.guidanceEmbedding() > 0;
  }

  /** Whether a missing negative prompt is zeros, in place of the empty prompt's encoding. */
  boolean zerosForMissingPrompt() {
    return isXl() && zerosForMissingPrompt;
  }

  /**
   * The model's scheduler config as a scheduler of this name, for this task: each of diffusers'
   * pipelines changes outdated configs in its own way.
   */
  Scheduler scheduler(String name, Task task) throws DiffusionException {
    ConfigFile config = schedulerConfig;
    if (pipeline.startsWith("StableDiffusion") && !isXl()) {
      config =
          task instanceof Task.TextToImage || task instanceof Task.ImageToImage
              ? Schedulers.asStableDiffusionLoadsIt(config)
              : Schedulers.asStableDiffusionInpaintLoadsIt(config);
    }
    return Schedulers.fromConfig(name, config);
  }

  /** Each of diffusers' pipelines understands a strength in its own way. */
  StrengthRule strengthRule(Task task) {
    return pipeline.startsWith("LatentConsistency") && task instanceof Task.ImageToImage
        ? StrengthRule.LOWER_TIMESTEPS
        : StrengthRule.FEWER_STEPS;
  }

  /** The folders of the text encoders and of their tokenizers. */
  List<TextPart> textParts() {
    TextPart first = new TextPart("text_encoder", "tokenizer");
    return isXl() ? List.of(first, new TextPart("text_encoder_2", "tokenizer_2")) : List.of(first);
  }

  /** The folders of the graphs whose weights LoRAs may change. */
  Set<String> partsForLoras() {
    Set<String> parts = new HashSet<>(Set.of("unet"));
    textParts().forEach(part -> parts.add(part.encoder()));
    return parts;
  }

  /** A text encoder's folder and its tokenizer's. */
  record TextPart(String encoder, String tokenizer) {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ModelFolder folder && folder.path.equals(path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
