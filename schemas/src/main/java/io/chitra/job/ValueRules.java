package io.chitra.job;

import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What each value of a job may be, whatever the others are. For one job and one thread. */
final class ValueRules {

  static final int MAX_LORAS = 32;

  private static final int MAX_CORNERS = 1000;
  private static final int MAX_TIMESTEP = 999;
  private static final int MAX_CONDITIONING = 100_000;
  private static final int MAX_LORA_SCALE = 100;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Pattern LABEL = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_.-]{0,63}");

  private final JobLimits limits;
  private final Problems problems;

  ValueRules(JobLimits limits, Problems problems) {
    this.limits = limits;
    this.problems = problems;
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  void check(RenderJob job) {
    name("id", job.getId());
    prompt(job.getPrompt());
    text("negative_prompt", job.getNegativePrompt());
    text("prompt_2", job.getPrompt2());
    text("negative_prompt_2", job.getNegativePrompt2());
    if (job.getDataset() != null) {
      name("dataset", job.getDataset());
    }
    labels(job.getLabels());
    text("model_name", job.getModelName());
    problems.range("num_inference_steps", job.getNumInferenceSteps(), 1, limits.maxSteps());
    timesteps(job.getTimesteps());
    problems.range("guidance_scale", job.getGuidanceScale(), 0, limits.maxGuidanceScale());
    problems.range("guidance_rescale", job.getGuidanceRescale(), 0, 1);
    scheduler(job.getScheduler());
    problems.range("eta", job.getEta(), 0, 1);
    size(job.getWidth(), job.getHeight());
    seed(job.getSeed());
    strength(job.getStrength());
    mask(job.getMask());
    outpaint(job.getOutpaint());
    pair("original_size", job.getOriginalSize(), 1, "height and width, as [768, 512],");
    pair("target_size", job.getTargetSize(), 1, "height and width, as [768, 512],");
    pair("crops_coords_top_left", job.getCropsCoordsTopLeft(), 0, "top and left, as [0, 128],");
    loras(job.getLoras());
    if (job.getVae() != null) {
      text("vae.name", job.getVae().getName());
    }
    oneOf("output_format", job.getOutputFormat(), List.of("png", "jpeg"));
    problems.range("output_quality", job.getOutputQuality(), 1, 100);
    oneOf("output_mode", job.getOutputMode(), List.of("RGB", "L"));
    indexes(job.getNumImagesPerPrompt(), job.getFirstIndex(), job.getIndexCount());
    reserved("campaign", job.getCampaign());
    reserved("priority", job.getPriority());
    reserved("not_before", job.getNotBefore());
    reserved("deadline", job.getDeadline());
    text("submitted_by", job.getSubmittedBy());
    text("source_line", job.getSourceLine());
  }

  private void name(String field, @Nullable String name) {
    if (name == null) {
      problems.add(field, "missing");
    } else if (!isName(name)) {
      problems.add(
          field,
          Texts.quoted(name)
              + " is no name: 1 to 128 of A-Z a-z 0-9 . _ - would be, but not . or ..");
    }
  }

  private void prompt(@Nullable String prompt) {
    if (prompt == null) {
      problems.add("prompt", "missing: say what to draw");
    } else if (prompt.isBlank()) {
      problems.add("prompt", "empty: say what to draw");
    } else {
      text("prompt", prompt);
    }
  }

  private void text(String field, @Nullable String text) {
    text(field, text, limits.maxPromptCharacters());
  }

  private void text(String field, @Nullable String text, int maxCharacters) {
    if (text == null) {
      return;
    }
    int length = Texts.length(text);
    if (length > maxCharacters) {
      problems.add(
          field, length + " characters are too many: up to " + maxCharacters + " would be right");
      return;
    }
    OptionalInt forbidden = Texts.forbiddenCharacter(text);
    if (forbidden.isPresent()) {
      int character = forbidden.getAsInt();
      String what =
          Character.getType(character) == Character.SURROGATE
              ? "half of a surrogate pair, no character"
              : "a control character";
      problems.add(field, "\\u%04x in it is %s: remove it".formatted(character, what));
    }
  }

  private void labels(@Nullable Map<String, Object> labels) {
    if (labels == null) {
      problems.add("labels", "missing: an empty map would be right");
    } else if (labels.size() > limits.maxLabels()) {
      problems.add(
          "labels",
          labels.size() + " labels are too many: up to " + limits.maxLabels() + " would be right");
    } else {
      new TreeMap<>(labels).forEach(this::label);
    }
  }

  private void label(String name, @Nullable Object value) {
    String field = "labels." + Texts.shown(name);
    if (!LABEL.matcher(name).matches()) {
      problems.add(
          field,
          "this is no name of a label: up to 64 letters, digits and _ . - would be,"
              + " beginning with a letter or _");
    } else if (value instanceof String text) {
      text(field, text, limits.maxLabelCharacters());
    } else if (value instanceof Double number) {
      if (!Double.isFinite(number)) {
        problems.add(field, number + " is no number");
      }
    } else if (!(value instanceof Long) && !(value instanceof Boolean)) {
      problems.add(field, "a label is a text, a number, true or false");
    }
  }

  private void scheduler(@Nullable String scheduler) {
    if (scheduler != null && SchedulerName.find(scheduler).isEmpty()) {
      problems.add("scheduler", SchedulerName.refusal(scheduler));
    }
  }

  private void timesteps(@Nullable List<Integer> timesteps) {
    if (timesteps == null) {
      return;
    }
    if (timesteps.isEmpty() || timesteps.size() > limits.maxSteps()) {
      problems.add(
          "timesteps",
          "%d timesteps: 1 to %d would be right".formatted(timesteps.size(), limits.maxSteps()));
    }
    for (int i = 0; i < timesteps.size(); i++) {
      problems.range("timesteps", timesteps.get(i), 0, MAX_TIMESTEP);
      if (i > 0 && timesteps.get(i) >= timesteps.get(i - 1)) {
        problems.add(
            "timesteps",
            "%d follows %d: each below the one before would be right"
                .formatted(timesteps.get(i), timesteps.get(i - 1)));
      }
    }
  }

  private void size(@Nullable Integer width, @Nullable Integer height) {
    problems.range("width", width, 1, limits.maxSide());
    problems.range("height", height, 1, limits.maxSide());
    if (width != null && height != null) {
      pixels(width, height);
    }
  }

  /** Whether a picture of sides that are right by themselves is too large. */
  void pixels(int width, int height) {
    long pixels = (long) width * height;
    if (pixels > limits.maxPixels() && !problems.has("height")) {
      problems.add(
          "width",
          "%d x %d are %d pixels: up to %d would be right"
              .formatted(width, height, pixels, limits.maxPixels()));
    }
  }

  private void seed(@Nullable Long seed) {
    if (seed != null && (seed < 0 || seed > JobRules.MAX_SEED)) {
      problems.add(
          "seed",
          seed
              + " is out of range: 0 to "
              + JobRules.MAX_SEED
              + " would be right"
              + (seed == -1 ? " (a random seed is drawn by who submits the job)" : ""));
    }
  }

  private void strength(@Nullable Double strength) {
    if (strength != null && !(strength > 0 && strength <= 1)) {
      problems.add(
          "strength",
          Problems.number(strength) + " is out of range: above 0, up to 1 would be right");
    }
  }

  private void mask(@Nullable MaskShape mask) {
    if (mask == null) {
      return;
    }
    Rectangle rectangle = mask.getRectangle();
    List<Point> corners = mask.getPolygon();
    if ((rectangle == null) == (corners == null)) {
      problems.add("mask", "a rectangle or a polygon would be right, and one of them alone");
    } else if (rectangle != null) {
      problems.range("mask.rectangle", rectangle.getLeft(), 0, limits.maxSide());
      problems.range("mask.rectangle", rectangle.getTop(), 0, limits.maxSide());
      problems.range("mask.rectangle", rectangle.getWidth(), 1, limits.maxSide());
      problems.range("mask.rectangle", rectangle.getHeight(), 1, limits.maxSide());
    } else {
      if (corners.size() < 3 || corners.size() > MAX_CORNERS) {
        problems.add(
            "mask.polygon",
            "%d corners: 3 to %d would be right".formatted(corners.size(), MAX_CORNERS));
      }
      for (Point corner : corners) {
        problems.range("mask.polygon", corner.getX(), 0, limits.maxSide());
        problems.range("mask.polygon", corner.getY(), 0, limits.maxSide());
      }
    }
  }

  private void outpaint(@Nullable Outpaint margins) {
    if (margins == null) {
      return;
    }
    problems.range("outpaint.left", margins.getLeft(), 0, limits.maxSide());
    problems.range("outpaint.right", margins.getRight(), 0, limits.maxSide());
    problems.range("outpaint.top", margins.getTop(), 0, limits.maxSide());
    problems.range("outpaint.bottom", margins.getBottom(), 0, limits.maxSide());
    if (margins.equals(new Outpaint(0, 0, 0, 0))) {
      problems.add("outpaint", "it grows on no side: give left, right, top or bottom");
    }
  }

  private void pair(String field, @Nullable List<Integer> pair, int min, String right) {
    if (pair == null) {
      return;
    }
    if (pair.size() != 2) {
      problems.add(field, "a list of %d: %s would be right".formatted(pair.size(), right));
    }
    pair.forEach(number -> problems.range(field, number, min, MAX_CONDITIONING));
  }

  private void loras(@Nullable List<Lora> loras) {
    if (loras == null) {
      return;
    }
    if (loras.size() > MAX_LORAS) {
      problems.add("loras", loras.size() + " are too many: up to " + MAX_LORAS + " would be right");
      return;
    }
    for (int i = 0; i < loras.size(); i++) {
      Lora lora = loras.get(i);
      problems.range(
          "loras[%d].scale".formatted(i), lora.getScale(), -MAX_LORA_SCALE, MAX_LORA_SCALE);
      text("loras[%d].name".formatted(i), lora.getName());
    }
  }

  private void oneOf(String field, @Nullable String value, List<String> known) {
    if (value != null && !known.contains(value)) {
      problems.add(
          field,
          "%s is unknown: %s would be right"
              .formatted(Texts.quoted(value), Texts.alternatives(known)));
    }
  }

  private void indexes(int images, int first, @Nullable Integer count) {
    problems.range("num_images_per_prompt", images, 1, limits.maxImages());
    if (problems.has("num_images_per_prompt")) {
      return;
    }
    problems.range("first_index", first, 0, images - 1);
    if (!problems.has("first_index")) {
      problems.range("index_count", count, 1, images - first);
    }
  }

  private void reserved(String field, @Nullable Object value) {
    if (value != null) {
      problems.add(field, "is not supported by this version of Chitra: remove it");
    }
  }
}
