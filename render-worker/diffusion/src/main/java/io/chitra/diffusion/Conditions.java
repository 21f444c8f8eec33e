package io.chitra.diffusion;

import io.chitra.diffusion.LoadedModel.Prompt;
import io.chitra.diffusion.onnx.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What steers a picture's rows: towards the prompt, and with guidance away from the negative one.
 *
 * @param negative null without classifier-free guidance
 * @param promptTruncated the end of the prompt that found no place
 * @param negativePromptTruncated likewise
 */
record Conditions(
    Condition positive,
    @Nullable Condition negative,
    @Nullable String promptTruncated,
    @Nullable String negativePromptTruncated) {

  /** Of each of the picture's rows, the negative one first. */
  List<Condition> ofRows() {
    return negative == null ? List.of(positive) : List.of(negative, positive);
  }

  /**
   * @param extraChannels what the rows hold after the latents, null for nothing
   */
  static Conditions of(LoadedModel model, RenderRequest request, float @Nullable [] extraChannels)
      throws DiffusionException {
    Prompts prompts = request.prompts();
    double scale = request.guidance().scale();
    ModelFolder folder = model.folder();
    Prompt prompt = model.encode(prompts.prompt(), or(prompts.prompt2(), prompts.prompt()));
    float[] timeIds = timeIds(folder, request);
    float[] guidance =
        folder.isGuidanceDistilled()
            ? GuidanceEmbedding.of(scale, folder.unet().guidanceEmbedding())
            : null;
    Condition positive = new Condition(prompt.embeds(), timeIds, guidance, extraChannels);
    if (folder.isGuidanceDistilled() || scale <= 1) {
      return new Conditions(positive, null, prompt.truncated(), null);
    }
    Prompt negative = negative(model, prompts, prompt);
    return new Conditions(
        positive,
        new Condition(negative.embeds(), timeIds, null, extraChannels),
        prompt.truncated(),
        negative.truncated());
  }

  private static Prompt negative(LoadedModel model, Prompts prompts, Prompt positive)
      throws DiffusionException {
    if (prompts.negativePrompt() == null && model.folder().zerosForMissingPrompt()) {
      return new Prompt(positive.embeds().zeros(), null);
    }
    String text = or(prompts.negativePrompt(), "");
    return model.encode(text, or(prompts.negativePrompt2(), text));
  }

  private static String or(@Nullable String text, String otherwise) {
    return text == null || text.isEmpty() ? otherwise : text;
  }

  /** SDXL's {@code time_ids}; null for other models. */
  private static float @Nullable [] timeIds(ModelFolder folder, RenderRequest request) {
    if (!folder.isXl()) {
      return null;
    }
    MicroConditioning given = request.microConditioning();
    MicroConditioning micro =
        given == null ? MicroConditioning.of(request.height(), request.width()) : given;
    return new float[] {
      micro.originalHeight(),
      micro.originalWidth(),
      micro.cropTop(),
      micro.cropLeft(),
      micro.targetHeight(),
      micro.targetWidth()
    };
  }
}
