package io.chitra.job;

import io.chitra.schemas.RenderJob;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a job, the same for the submitter and the worker: whoever sends a job, nothing is
 * rendered that breaks them. Pure functions.
 */
public final class JobRules {

  /** The dataset of a job that names none. */
  public static final String DEFAULT_DATASET = "default";

  /** The largest seed: seeds are unsigned numbers of 32 bits. */
  public static final long MAX_SEED = 0xffff_ffffL;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern LABEL = Pattern.compile("[\\p{L}_][\\p{L}\\p{M}\\p{N}_.-]{0,63}");

  private JobRules() {}

  /**
   * Checks every value that can be judged without knowing the model.
   *
   * @return all that is wrong; empty for a good job
   */
  public static List<Problem> check(RenderJob job, JobLimits limits) {
    return new Check(limits).job(job);
  }

  /**
   * Checks every value, and fills in every default: dataset, steps, guidance, scheduler (the
   * canonical diffusers class name), width, height, seed (derived from the content when there is
   * none) and index count. A negative prompt that is not given stays so. Idempotent: what was
   * resolved resolves to itself.
   *
   * @throws JobException with all that is wrong
   */
  public static RenderJob resolve(RenderJob job, ModelFacts facts, JobLimits limits)
      throws JobException {
    Check check = new Check(limits);
    check.job(job);
    check.model(job.getModelDigest(), facts);
    int width = orElse(job.getWidth(), facts.width());
    int height = orElse(job.getHeight(), facts.height());
    check.sizesFor(facts, width, height);
    String scheduler = check.schedulerFor(facts, job.getScheduler());
    if (!check.problems.isEmpty()) {
      throw new JobException(check.problems);
    }

    RenderJob resolved = RenderJob.newBuilder(job).build();
    resolved.setDataset(orElse(job.getDataset(), DEFAULT_DATASET));
    resolved.setNumInferenceSteps(orElse(job.getNumInferenceSteps(), facts.numInferenceSteps()));
    resolved.setGuidanceScale(orElse(job.getGuidanceScale(), facts.guidanceScale()) + 0.0);
    resolved.setScheduler(scheduler);
    resolved.setWidth(width);
    resolved.setHeight(height);
    resolved.setIndexCount(
        orElse(job.getIndexCount(), job.getNumImagesPerPrompt() - job.getFirstIndex()));
    if (resolved.getSeed() == null) {
      resolved.setSeed(derivedSeed(resolved));
    }
    return resolved;
  }

  /** Whether the text may name a job or a dataset. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }

  /** The first 32 bits of a digest over everything that decides the job's pixels but the seed. */
  private static long derivedSeed(RenderJob job) {
    byte[] digest =
        new Canonical("chitra seed 1")
            .add("model_digest", job.getModelDigest())
            .add("prompt", job.getPrompt())
            .add("negative_prompt", job.getNegativePrompt())
            .add("num_inference_steps", job.getNumInferenceSteps())
            .add("guidance_scale", job.getGuidanceScale())
            .add("scheduler", job.getScheduler())
            .add("width", job.getWidth())
            .add("height", job.getHeight())
            .digest();
    return ByteBuffer.wrap(digest).getInt() & MAX_SEED;
  }

  private static <T> T orElse(@Nullable T given, T otherwise) {
    return given != null ? given : otherwise;
  }

  /** One look at one job: collects its problems, at most one a field. */
  private static final class Check {

    private final JobLimits limits;
    private final List<Problem> problems = new ArrayList<>();

    Check(JobLimits limits) {
      this.limits = limits;
    }

    List<Problem> job(RenderJob job) {
      name("id", job.getId());
      prompt(job.getPrompt());
      text("negative_prompt", job.getNegativePrompt(), limits.maxPromptCharacters());
      if (job.getDataset() != null) {
        name("dataset", job.getDataset());
      }
      labels(job.getLabels());
      text("model_name", job.getModelName(), limits.maxPromptCharacters());
      range("num_inference_steps", job.getNumInferenceSteps(), 1, limits.maxSteps());
      guidanceScale(job.getGuidanceScale());
      String scheduler = job.getScheduler();
      if (scheduler != null && SchedulerName.find(scheduler).isEmpty()) {
        add("scheduler", SchedulerName.refusal(scheduler));
      }
      size(job.getWidth(), job.getHeight());
      seed(job.getSeed());
      indexes(job.getNumImagesPerPrompt(), job.getFirstIndex(), job.getIndexCount());
      reserved("campaign", job.getCampaign());
      reserved("priority", job.getPriority());
      reserved("not_before", job.getNotBefore());
      reserved("deadline", job.getDeadline());
      text("submitted_by", job.getSubmittedBy(), limits.maxPromptCharacters());
      text("source_line", job.getSourceLine(), limits.maxPromptCharacters());
      return problems;
    }

    void model(@Nullable String digest, ModelFacts facts) {
      if (digest == null) {
        add(
            "model_digest",
            "missing: a job names its model by the 64 hexadecimal digits under which"
                + " `chitra models push` put it into the bucket");
      } else if (!DIGEST.matcher(digest).matches()) {
        add(
            "model_digest",
            Texts.quoted(digest) + " is no digest: 64 hexadecimal digits (0-9a-f)" + " would be");
      } else if (!digest.equals(facts.digest())) {
        add("model_digest", digest + " is not the model at hand, " + facts.digest());
      }
    }

    /** Sizes against the model's factor, where they are within the limits. */
    void sizesFor(ModelFacts facts, int width, int height) {
      if (!has("width")) {
        multiple("width", width, facts.sizeFactor());
      }
      if (!has("height")) {
        multiple("height", height, facts.sizeFactor());
      }
      if (!has("width") && !has("height")) {
        pixels(width, height);
      }
    }

    /** The canonical name of the scheduler that is asked for, or is the model's own. */
    String schedulerFor(ModelFacts facts, @Nullable String asked) {
      String name = orElse(asked, facts.scheduler());
      if (asked == null && SchedulerName.find(name).isEmpty()) {
        add(
            "scheduler",
            "none is given, and the model's own is refused: " + SchedulerName.refusal(name));
      }
      return SchedulerName.find(name).map(SchedulerName::className).orElse(name);
    }

    private void name(String field, @Nullable String name) {
      if (name == null) {
        add(field, "missing");
      } else if (!isName(name)) {
        add(
            field,
            Texts.quoted(name)
                + " is no name: 1 to 128 of A-Z a-z 0-9 . _ - would be, but not . or ..");
      }
    }

    private void prompt(@Nullable String prompt) {
      if (prompt == null) {
        add("prompt", "missing: say what to draw");
      } else if (prompt.isBlank()) {
        add("prompt", "empty: say what to draw");
      } else {
        text("prompt", prompt, limits.maxPromptCharacters());
      }
    }

    private void text(String field, @Nullable String text, int maxCharacters) {
      if (text == null) {
        return;
      }
      int length = Texts.length(text);
      if (length > maxCharacters) {
        add(field, length + " characters are too many: up to " + maxCharacters + " would be right");
        return;
      }
      OptionalInt forbidden = Texts.forbiddenCharacter(text);
      if (forbidden.isPresent()) {
        int character = forbidden.getAsInt();
        String what =
            Character.getType(character) == Character.SURROGATE
                ? "half of a surrogate pair, no character"
                : "a control character";
        add(field, "\\u%04x in it is %s: remove it".formatted(character, what));
      }
    }

    private void labels(@Nullable Map<String, Object> labels) {
      if (labels == null) {
        add("labels", "missing: an empty map would be right");
        return;
      }
      if (labels.size() > limits.maxLabels()) {
        add(
            "labels",
            labels.size()
                + " labels are too many: up to "
                + limits.maxLabels()
                + " would be right");
        return;
      }
      new TreeMap<>(labels).forEach(this::label);
    }

    private void label(String name, @Nullable Object value) {
      String field = "labels." + Texts.shown(name);
      if (!LABEL.matcher(name).matches()) {
        add(
            field,
            "this is no name of a label: up to 64 letters, digits and _ . - would be,"
                + " beginning with a letter or _");
      } else if (value instanceof String text) {
        text(field, text, limits.maxLabelCharacters());
      } else if (value instanceof Double number) {
        if (!Double.isFinite(number)) {
          add(field, number + " is no number");
        }
      } else if (!(value instanceof Long) && !(value instanceof Boolean)) {
        add(field, "a label is a text, a number, true or false");
      }
    }

    private void guidanceScale(@Nullable Double value) {
      if (value == null) {
        return;
      }
      if (!Double.isFinite(value)) {
        add("guidance_scale", value + " is no number");
      } else if (value < 0 || value > limits.maxGuidanceScale()) {
        add(
            "guidance_scale",
            "%s is out of range: 0 to %s would be right"
                .formatted(number(value), number(limits.maxGuidanceScale())));
      }
    }

    private void size(@Nullable Integer width, @Nullable Integer height) {
      range("width", width, 1, limits.maxSide());
      range("height", height, 1, limits.maxSide());
      if (width != null && height != null && !has("width") && !has("height")) {
        pixels(width, height);
      }
    }

    private void pixels(int width, int height) {
      long pixels = (long) width * height;
      if (pixels > limits.maxPixels()) {
        add(
            "width",
            "%d x %d are %d pixels: up to %d would be right"
                .formatted(width, height, pixels, limits.maxPixels()));
      }
    }

    private void multiple(String field, int value, int factor) {
      if (value % factor == 0) {
        return;
      }
      int below = value / factor * factor;
      int above = below + factor;
      List<String> neighbours =
          Stream.of(below, above)
              .filter(size -> size > 0 && size <= limits.maxSide())
              .map(String::valueOf)
              .toList();
      add(
          field,
          "%d is no multiple of %d (the model's factor): %s would be"
              .formatted(value, factor, Texts.alternatives(neighbours)));
    }

    private void seed(@Nullable Long seed) {
      if (seed != null && (seed < 0 || seed > MAX_SEED)) {
        add(
            "seed",
            seed
                + " is out of range: 0 to "
                + MAX_SEED
                + " would be right"
                + (seed == -1 ? " (a random seed is drawn by who submits the job)" : ""));
      }
    }

    private void indexes(int images, int first, @Nullable Integer count) {
      range("num_images_per_prompt", images, 1, limits.maxImages());
      if (has("num_images_per_prompt")) {
        return;
      }
      range("first_index", first, 0, images - 1);
      if (!has("first_index")) {
        range("index_count", count, 1, images - first);
      }
    }

    private void range(String field, @Nullable Integer value, int min, int max) {
      if (value != null && (value < min || value > max)) {
        add(field, "%d is out of range: %d to %d would be right".formatted(value, min, max));
      }
    }

    private void reserved(String field, @Nullable Object value) {
      if (value != null) {
        add(field, "is not supported by this version of Chitra: remove it");
      }
    }

    private boolean has(String field) {
      Predicate<Problem> same = problem -> problem.field().equals(field);
      return problems.stream().anyMatch(same);
    }

    private void add(String field, String message) {
      problems.add(new Problem(field, message));
    }

    private static String number(double value) {
      return value == (long) value ? Long.toString((long) value) : Double.toString(value);
    }
  }
}
