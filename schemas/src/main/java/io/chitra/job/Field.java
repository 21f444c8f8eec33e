package io.chitra.job;

import static java.util.Map.entry;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The fields of a line in a job file. */
enum Field {
  ID("id", Kind.TEXT, "\"cat-1\""),
  PROMPT("prompt", Kind.TEXT, "\"a red car\""),
  NEGATIVE_PROMPT("negative_prompt", Kind.TEXT, "\"blurry\""),
  MODEL("model", Kind.TEXT, "\"models/mine\""),
  DATASET("dataset", Kind.TEXT, "\"animals\""),
  LABELS("labels", Kind.LABELS, "{\"name\": \"value\"}"),
  NUM_IMAGES_PER_PROMPT("num_images_per_prompt", Kind.INT, "4"),
  NUM_INFERENCE_STEPS("num_inference_steps", Kind.INT, "20"),
  GUIDANCE_SCALE("guidance_scale", Kind.DOUBLE, "7.5"),
  SCHEDULER("scheduler", Kind.TEXT, "\"euler\""),
  WIDTH("width", Kind.INT, "512"),
  HEIGHT("height", Kind.INT, "512"),
  SEED("seed", Kind.LONG, "42 (or -1, drawn at random)"),
  IMAGE("image", Kind.TEXT, "\"pictures/house.png\""),
  STRENGTH("strength", Kind.DOUBLE, "0.6"),
  MASK_IMAGE("mask_image", Kind.TEXT, "\"pictures/mask.png\""),
  MASK("mask", Kind.MASK, "{\"rectangle\": [64, 64, 128, 96]}"),
  OUTPAINT("outpaint", Kind.OUTPAINT, "{\"left\": 64, \"right\": 64}"),
  KEEP_UNMASKED("keep_unmasked", Kind.FLAG, "true"),
  ETA("eta", Kind.DOUBLE, "0.5"),
  GUIDANCE_RESCALE("guidance_rescale", Kind.DOUBLE, "0.7"),
  TIMESTEPS("timesteps", Kind.INTS, "[999, 749, 499, 249]"),
  PROMPT_2("prompt_2", Kind.TEXT, "\"a red car\""),
  NEGATIVE_PROMPT_2("negative_prompt_2", Kind.TEXT, "\"blurry\""),
  ORIGINAL_SIZE("original_size", Kind.INTS, "[1024, 1024]"),
  TARGET_SIZE("target_size", Kind.INTS, "[1024, 1024]"),
  CROPS_COORDS_TOP_LEFT("crops_coords_top_left", Kind.INTS, "[0, 0]"),
  LORAS("loras", Kind.LORAS, "[{\"path\": \"loras/ink.safetensors\", \"scale\": 0.8}]"),
  VAE("vae", Kind.TEXT, "\"models/other-vae\""),
  OUTPUT_FORMAT("output_format", Kind.TEXT, "\"jpeg\""),
  OUTPUT_QUALITY("output_quality", Kind.INT, "90"),
  OUTPUT_MODE("output_mode", Kind.TEXT, "\"L\"");

  /** What a field's value is. */
  enum Kind {
    TEXT,
    INT,
    LONG,
    DOUBLE,
    FLAG,
    INTS,
    LABELS,
    MASK,
    OUTPAINT,
    LORAS
  }

  /** Fields that are known from diffusers or planned, and that nothing acts upon yet. */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "aesthetic_score",
          "campaign",
          "clip_skip",
          "cross_attention_kwargs",
          "deadline",
          "denoising_end",
          "denoising_start",
          "ip_adapter_image",
          "latents",
          "negative_aesthetic_score",
          "negative_crops_coords_top_left",
          "negative_original_size",
          "negative_prompt_embeds",
          "negative_target_size",
          "not_before",
          "output_type",
          "padding_mask_crop",
          "priority",
          "prompt_embeds",
          "sigmas");

  /** What other programs call the same thing. */
  private static final Map<String, Field> OTHER_NAMES =
      Map.ofEntries(
          entry("caption", PROMPT),
          entry("cfg", GUIDANCE_SCALE),
          entry("cfg_rescale", GUIDANCE_RESCALE),
          entry("cfg_scale", GUIDANCE_SCALE),
          entry("count", NUM_IMAGES_PER_PROMPT),
          entry("ddim_eta", ETA),
          entry("denoise", STRENGTH),
          entry("denoising_strength", STRENGTH),
          entry("format", OUTPUT_FORMAT),
          entry("guidance", GUIDANCE_SCALE),
          entry("image_strength", STRENGTH),
          entry("init_image", IMAGE),
          entry("input_image", IMAGE),
          entry("jpeg_quality", OUTPUT_QUALITY),
          entry("lora", LORAS),
          entry("mask_img", MASK_IMAGE),
          entry("n", NUM_IMAGES_PER_PROMPT),
          entry("negative", NEGATIVE_PROMPT),
          entry("negative_prompt2", NEGATIVE_PROMPT_2),
          entry("num_images", NUM_IMAGES_PER_PROMPT),
          entry("outpainting", OUTPAINT),
          entry("prompt2", PROMPT_2),
          entry("quality", OUTPUT_QUALITY),
          entry("sampler", SCHEDULER),
          entry("sampler_name", SCHEDULER),
          entry("source_image", IMAGE),
          entry("steps", NUM_INFERENCE_STEPS),
          entry("text", PROMPT),
          entry("vae_path", VAE));

  private final String fieldName;
  private final Kind kind;
  private final String example;

  Field(String fieldName, Kind kind, String example) {
    this.fieldName = fieldName;
    this.kind = kind;
    this.example = example;
  }

  String fieldName() {
    return fieldName;
  }

  Kind kind() {
    return kind;
  }

  /** A value that would be right, as JSON. */
  String example() {
    return example;
  }

  static Optional<Field> find(String name) {
    return Arrays.stream(values()).filter(field -> field.fieldName.equals(name)).findFirst();
  }

  /** Likewise, by the name that another program has for it too. */
  static Optional<Field> meant(String name) {
    return find(name).or(() -> Optional.ofNullable(OTHER_NAMES.get(name)));
  }

  /** Why a name that {@link #find} does not know is refused, and what would be right. */
  static Problem refusal(String name) {
    String shown = Texts.shown(name);
    if (UNSUPPORTED.contains(name)) {
      return new Problem(shown, "is not supported by this version of Chitra: remove it");
    }
    Field meant = OTHER_NAMES.get(name);
    if (meant != null) {
      return new Problem(shown, "unknown field; did you mean " + meant.fieldName + "?");
    }
    List<String> known = Arrays.stream(values()).map(Field::fieldName).toList();
    return new Problem(
        shown,
        Texts.nearest(name, known)
            .map(near -> "unknown field; did you mean " + near + "?")
            .orElse(
                "unknown field; your own go into labels, and docs/job-files.md has the others"));
  }
}
