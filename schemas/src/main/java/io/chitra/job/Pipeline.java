package io.chitra.job;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of models, by diffusers' pipelines, with the defaults of those. */
public enum Pipeline {
  STABLE_DIFFUSION("StableDiffusion", 50),
  STABLE_DIFFUSION_XL("StableDiffusionXL", 50),
  LATENT_CONSISTENCY("LatentConsistencyModel", 4);

  /** As diffusers calls its classes, or optimum, or diffusers' own exports of old. */
  private static final Pattern CLASS_NAME =
      Pattern.compile("(?:ORT|Onnx)?(\\w+?)(?:Img2Img|Inpaint)?Pipeline");

  private final String stem;
  private final int numInferenceSteps;

  Pipeline(String stem, int numInferenceSteps) {
    this.stem = stem;
    this.numInferenceSteps = numInferenceSteps;
  }

  /**
   * The kind of a model by the {@code _class_name} of its {@code model_index.json}; a model is of
   * one kind, whichever of its pipelines it was saved from.
   */
  static Optional<Pipeline> find(String className) {
    Matcher name = CLASS_NAME.matcher(className);
    return name.matches()
        ? Arrays.stream(values()).filter(kind -> kind.stem.equals(name.group(1))).findFirst()
        : Optional.empty();
  }

  /** The class for text-to-image, as diffusers calls it. */
  String className() {
    return stem + "Pipeline";
  }

  /** {@code num_inference_steps} where nothing is said. */
  int numInferenceSteps() {
    return numInferenceSteps;
  }

  /** {@code guidance_scale} where nothing is said. */
  double guidanceScale(TaskKind task) {
    return switch (this) {
      case STABLE_DIFFUSION -> 7.5;
      case STABLE_DIFFUSION_XL ->
          switch (task) {
            case TEXT_TO_IMAGE, IMAGE_TO_IMAGE -> 5.0;
            case INPAINTING, OUTPAINTING -> 7.5;
          };
      case LATENT_CONSISTENCY -> 8.5;
    };
  }

  /** {@code strength} where nothing is said; outpainting, which diffusers has not, starts anew. */
  double strength(TaskKind task) {
    boolean xl = this == STABLE_DIFFUSION_XL;
    return switch (task) {
      case IMAGE_TO_IMAGE -> xl ? 0.3 : 0.8;
      case INPAINTING -> xl ? 0.9999 : 1.0;
      case OUTPAINTING -> 1.0;
      case TEXT_TO_IMAGE ->
          throw new IllegalArgumentException("Cannot tell a strength: text-to-image has none");
    };
  }
}
