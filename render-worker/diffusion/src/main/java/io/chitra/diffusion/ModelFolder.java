package io.chitra.diffusion;

import io.chitra.diffusion.config.ConfigFile;
import io.chitra.diffusion.model.UNetConfig;
import io.chitra.diffusion.model.VaeConfig;
import io.chitra.diffusion.scheduler.Scheduler;
import io.chitra.diffusion.scheduler.Schedulers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Stable Diffusion model in ONNX, as {@code optimum} exports it and diffusers names its parts.
 * Opening one reads its config files only. Immutable; equal when the folders are the same. The
 * files must not change while an engine uses them.
 */
public final class ModelFolder {

  private static final Set<String> PIPELINES =
      Set.of(
          "StableDiffusionPipeline", "ORTStableDiffusionPipeline", "OnnxStableDiffusionPipeline");

  private final Path path;
  private final String pipeline;
  private final ConfigFile schedulerConfig;
  private final UNetConfig unet;
  private final VaeConfig vae;

  private ModelFolder(
      Path path, String pipeline, ConfigFile schedulerConfig, UNetConfig unet, VaeConfig vae) {
    this.path = path;
    this.pipeline = pipeline;
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
    String pipeline = index.text("_class_name", "StableDiffusionPipeline");
    if (!PIPELINES.contains(pipeline)) {
      throw index.unsupported("_class_name", "StableDiffusionPipeline");
    }
    ConfigFile unetFile = ConfigFile.read(path, "unet/config.json");
    UNetConfig unet = UNetConfig.read(unetFile);
    VaeConfig vae = VaeConfig.read(ConfigFile.read(path, "vae_decoder/config.json"));
    if (unet.inChannels() != vae.latentChannels()) {
      throw unetFile.unsupported(
          "in_channels", "%d, the VAE's latent_channels".formatted(vae.latentChannels()));
    }
    ConfigFile scheduler = ConfigFile.read(path, "scheduler/scheduler_config.json");
    return new ModelFolder(
        path, pipeline, Schedulers.asStableDiffusionLoadsIt(scheduler), unet, vae);
  }

  private static Path realPath(Path folder) throws DiffusionException {
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

  /** What width and height must be a multiple of: the VAE's factor times the UNet's. */
  public int sizeFactor() {
    return vae.factor() * unet.factor();
  }

  /** Of a picture by default, in pixels. */
  public int width() {
    return unet.sampleWidth() * vae.factor();
  }

  /** Of a picture by default, in pixels. */
  public int height() {
    return unet.sampleHeight() * vae.factor();
  }

  /** Checks what can be told about a request without loading the model. */
  void check(TextToImage request) throws DiffusionException {
    checkSide("width", request.width());
    checkSide("height", request.height());
    if (3L * request.width() * request.height() > Integer.MAX_VALUE) {
      throw DiffusionException.permanent(
          "Cannot render %d x %d: it is more than one picture can hold"
              .formatted(request.width(), request.height()));
    }
    if (request.numInferenceSteps() < 1) {
      throw DiffusionException.permanent(
          "Cannot render with num_inference_steps %d: it must be 1 or more"
              .formatted(request.numInferenceSteps()));
    }
    if (!Double.isFinite(request.guidanceScale())) {
      throw DiffusionException.permanent(
          "Cannot render with guidance_scale %s: it must be a finite number"
              .formatted(request.guidanceScale()));
    }
    if (request.seed() < 0 || request.seed() > 0xffff_ffffL) {
      throw DiffusionException.permanent(
          "Cannot render with seed %d: it must be 0 to 4294967295".formatted(request.seed()));
    }
  }

  private void checkSide(String name, int side) throws DiffusionException {
    if (side < 1 || side % sizeFactor() != 0) {
      throw DiffusionException.permanent(
          "Cannot render with %s %d: it must be a multiple of %d, the model's size factor"
              .formatted(name, side, sizeFactor()));
    }
  }

  LatentShape latentShape(TextToImage request) {
    return new LatentShape(
        vae.latentChannels(), request.height() / vae.factor(), request.width() / vae.factor());
  }

  VaeConfig vae() {
    return vae;
  }

  /** The model's scheduler config as a scheduler of this diffusers class. */
  Scheduler scheduler(String name) throws DiffusionException {
    return Schedulers.fromConfig(name, schedulerConfig);
  }

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
