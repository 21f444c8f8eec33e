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
  SEED("seed", Kind.LONG, "42 (or -1, drawn at random)");

  /** What a field's value is. */
  enum Kind {
    TEXT,
    INT,
    LONG,
    DOUBLE,
    LABELS
  }

  /** Fields that are known from diffusers or planned, and that nothing acts upon yet. */
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "campaign",
          "clip_skip",
          "cross_attention_kwargs",
          "crops_coords_top_left",
          "deadline",
          "denoising_end",
          "denoising_start",
          "eta",
          "format",
          "guidance_rescale",
          "image",
          "ip_adapter_image",
          "keep_unmasked",
          "latents",
          "loras",
          "mask",
          "mask_image",
          "negative_prompt_2",
          "negative_prompt_embeds",
          "not_before",
          "original_size",
          "outpaint",
          "output_format",
          "output_type",
          "padding_mask_crop",
          "priority",
          "prompt_2",
          "prompt_embeds",
          "sigmas",
          "strength",
          "target_size",
          "timesteps",
          "vae");

  /** What other programs call the same thing. */
  private static final Map<String, Field> OTHER_NAMES =
      Map.ofEntries(
          entry("caption", PROMPT),
          entry("cfg", GUIDANCE_SCALE),
          entry("cfg_scale", GUIDANCE_SCALE),
          entry("count", NUM_IMAGES_PER_PROMPT),
          entry("guidance", GUIDANCE_SCALE),
          entry("n", NUM_IMAGES_PER_PROMPT),
          entry("negative", NEGATIVE_PROMPT),
          entry("num_images", NUM_IMAGES_PER_PROMPT),
          entry("sampler", SCHEDULER),
          entry("sampler_name", SCHEDULER),
          entry("steps", NUM_INFERENCE_STEPS),
          entry("text", PROMPT));

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
            .orElseGet(
                () ->
                    "unknown field; your own go into labels; the fields are "
                        + String.join(", ", known)));
  }
}
