package io.chitra.diffusion;

import io.chitra.diffusion.image.Margins;

/** What can be told about a request without loading its model. */
final class RequestRules {

  private static final long MAX_SEED = 0xffff_ffffL;

  private RequestRules() {}

  /**
   * @throws DiffusionException permanent, when no engine could render the request with this model
   */
  static void check(ModelSetup setup, RenderRequest request) throws DiffusionException {
    ModelFolder model = setup.folder();
    checkSides(setup, request.width(), request.height());
    checkNumbers(request);
    checkTask(model, request);
    if (request.microConditioning() != null && !model.isXl()) {
      throw refused(
          "original_size, target_size and crops_coords_top_left are SDXL's, not this model's");
    }
    Prompts prompts = request.prompts();
    if ((prompts.prompt2() != null || prompts.negativePrompt2() != null) && !model.isXl()) {
      throw refused("prompt_2 and negative_prompt_2 are SDXL's, not this model's");
    }
    int channels = setup.vae().config().latentChannels();
    if (channels != model.unet().outChannels()) {
      throw refused(
          "the VAE of %s has %d latent channels, the UNet %d"
              .formatted(setup.vae(), channels, model.unet().outChannels()));
    }
    for (Lora lora : setup.loras()) {
      if (!Double.isFinite(lora.scale())) {
        throw refused("the scale of LoRA %s is %s".formatted(lora.file(), lora.scale()));
      }
    }
  }

  private static void checkSides(ModelSetup setup, int width, int height)
      throws DiffusionException {
    int factor = setup.vae().config().factor();
    checkSide("width", width, factor);
    checkSide("height", height, factor);
    if (3L * width * height > Integer.MAX_VALUE) {
      throw refused("%d x %d is more than one picture can hold".formatted(width, height));
    }
  }

  private static void checkSide(String name, int side, int factor) throws DiffusionException {
    if (side < 1 || side % factor != 0) {
      throw refused(
          "%s %d must be a multiple of %d, the model's size factor".formatted(name, side, factor));
    }
  }

  private static void checkNumbers(RenderRequest request) throws DiffusionException {
    SamplerSettings sampler = request.sampler();
    Guidance guidance = request.guidance();
    require(
        sampler.numInferenceSteps() >= 1,
        "num_inference_steps",
        sampler.numInferenceSteps(),
        "1 or more");
    require(sampler.eta() >= 0 && sampler.eta() <= 1, "eta", sampler.eta(), "0 to 1");
    require(
        Double.isFinite(guidance.scale()), "guidance_scale", guidance.scale(), "a finite number");
    require(
        guidance.rescale() >= 0 && guidance.rescale() <= 1,
        "guidance_rescale",
        guidance.rescale(),
        "0 to 1");
    require(
        request.seed() >= 0 && request.seed() <= MAX_SEED,
        "seed",
        request.seed(),
        "0 to " + MAX_SEED);
  }

  private static void checkTask(ModelFolder model, RenderRequest request)
      throws DiffusionException {
    Task task = request.task();
    boolean masked = task instanceof Task.Inpainting || task instanceof Task.Outpainting;
    if (model.isInpaintingModel() && !masked) {
      throw refused("the model is made for inpainting alone: give image and mask_image");
    }
    double strength = 1;
    if (task instanceof Task.ImageToImage given) {
      strength = given.strength();
    } else if (task instanceof Task.Inpainting given) {
      strength = given.strength();
    } else if (task instanceof Task.Outpainting given) {
      strength = given.strength();
      checkMargins(given.margins(), request);
    }
    require(strength > 0 && strength <= 1, "strength", strength, "above 0, at most 1");
  }

  private static void checkMargins(Margins margins, RenderRequest request)
      throws DiffusionException {
    if (margins.left() + margins.right() >= request.width()
        || margins.top() + margins.bottom() >= request.height()) {
      throw refused(
          "the margins %s leave no place for the given picture in %d x %d"
              .formatted(margins, request.width(), request.height()));
    }
  }

  private static void require(boolean holds, String name, Object value, String right)
      throws DiffusionException {
    if (!holds) {
      throw refused("%s is %s, it must be %s".formatted(name, value, right));
    }
  }

  private static DiffusionException refused(String why) {
    return DiffusionException.permanent("Cannot render the picture: " + why);
  }
}
