package io.chitra.job;

import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.RenderJob;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
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

  private static final int DEFAULT_JPEG_QUALITY = 95;

  private JobRules() {}

  /**
   * Checks everything that can be judged without knowing the model, and before the files that the
   * job names are where workers find them.
   *
   * @return all that is wrong; empty for a good job
   */
  public static List<Problem> check(RenderJob job, JobLimits limits) {
    Problems problems = new Problems();
    new ValueRules(limits, problems).check(job);
    new CombinationRules(problems).check(job);
    return problems.list();
  }

  /** Checks every value for itself: what is missing beside it may be given elsewhere. */
  static List<Problem> checkValues(RenderJob job, JobLimits limits) {
    Problems problems = new Problems();
    new ValueRules(limits, problems).check(job);
    return problems.list();
  }

  /**
   * Checks everything, and fills in every default: dataset, steps, guidance, scheduler (its
   * canonical name), width, height, strength, JPEG quality, seed (derived from the content when
   * there is none) and index count. What is given and has no effect (an {@code eta} of 0) is left
   * out. A negative prompt that is not given stays so. Idempotent: what was resolved resolves to
   * itself.
   *
   * @throws JobException with all that is wrong
   */
  public static RenderJob resolve(RenderJob job, ModelFacts facts, JobLimits limits)
      throws JobException {
    Problems problems = new Problems();
    new ValueRules(limits, problems).check(job);
    new CombinationRules(problems).check(job);
    new FileRules(problems).check(job);
    ModelRules model = new ModelRules(facts, limits, problems);
    model.digest(job.getModelDigest());
    model.abilities(job);
    model.missingSizes(job);
    int width = orElse(job.getWidth(), facts.width());
    int height = orElse(job.getHeight(), facts.height());
    model.sizes(job, width, height);
    Optional<SchedulerName> scheduler = model.scheduler(job.getScheduler());
    scheduler.ifPresent(name -> model.schedulerAbilities(job, name));
    TaskKind task = TaskKind.of(job);
    int steps =
        job.getTimesteps() != null
            ? job.getTimesteps().size()
            : orElse(job.getNumInferenceSteps(), facts.steps());
    Double strength = job.getStrength();
    if (task != TaskKind.TEXT_TO_IMAGE) {
      strength = orElse(strength, facts.pipeline().strength(task));
      model.strength(strength, steps);
    }
    if (scheduler.isEmpty() || !problems.list().isEmpty()) {
      throw new JobException(problems.list());
    }

    RenderJob resolved = copy(job);
    resolved.setDataset(orElse(job.getDataset(), DEFAULT_DATASET));
    resolved.setNumInferenceSteps(steps);
    resolved.setGuidanceScale(orElse(job.getGuidanceScale(), facts.guidanceScale(task)) + 0.0);
    resolved.setScheduler(scheduler.get().canonicalName());
    resolved.setWidth(width);
    resolved.setHeight(height);
    resolved.setStrength(strength);
    resolved.setIndexCount(
        orElse(job.getIndexCount(), job.getNumImagesPerPrompt() - job.getFirstIndex()));
    output(resolved);
    leaveOutWhatHasNoEffect(resolved);
    if (resolved.getSeed() == null) {
      resolved.setSeed(derivedSeed(resolved));
    }
    return resolved;
  }

  /** Whether the text may name a job or a dataset. */
  public static boolean isName(String name) {
    return ValueRules.isName(name);
  }

  /** Avro's own copies only work in a JVM that was told to trust the classes of nested records. */
  static RenderJob copy(RenderJob job) {
    RenderJob copy = new RenderJob();
    for (Schema.Field field : job.getSchema().getFields()) {
      copy.put(field.pos(), job.get(field.pos()));
    }
    return copy;
  }

  private static void output(RenderJob job) {
    if ("jpeg".equals(job.getOutputFormat())) {
      job.setOutputQuality(orElse(job.getOutputQuality(), DEFAULT_JPEG_QUALITY));
    } else {
      job.setOutputFormat(null);
    }
    job.setOutputMode("RGB".equals(job.getOutputMode()) ? null : job.getOutputMode());
  }

  /** So that saying nothing and saying that nothing be done are one job, and one picture. */
  private static void leaveOutWhatHasNoEffect(RenderJob job) {
    job.setEta(ifPositive(job.getEta()));
    job.setGuidanceRescale(ifPositive(job.getGuidanceRescale()));
    job.setLoras(unless(List.of(), job.getLoras()));
    List<Integer> size = canvas(job);
    job.setOriginalSize(unless(size, job.getOriginalSize()));
    job.setTargetSize(unless(size, job.getTargetSize()));
    job.setCropsCoordsTopLeft(unless(List.of(0, 0), job.getCropsCoordsTopLeft()));
    // As diffusers reads them: an empty second prompt is the first one.
    job.setPrompt2(unless("", unless(job.getPrompt(), job.getPrompt2())));
    job.setNegativePrompt2(unless("", unless(job.getNegativePrompt(), job.getNegativePrompt2())));
  }

  private static @Nullable Double ifPositive(@Nullable Double given) {
    return given != null && given > 0 ? given : null;
  }

  private static <T> @Nullable T unless(@Nullable T ofNoEffect, @Nullable T given) {
    return Objects.equals(given, ofNoEffect) ? null : given;
  }

  /** Height and width of the picture that comes out of a resolved job, in pixels. */
  public static List<Integer> canvas(RenderJob resolved) {
    Outpaint margins = resolved.getOutpaint();
    int width = Objects.requireNonNull(resolved.getWidth());
    int height = Objects.requireNonNull(resolved.getHeight());
    return margins == null
        ? List.of(height, width)
        : List.of(
            height + margins.getTop() + margins.getBottom(),
            width + margins.getLeft() + margins.getRight());
  }

  /**
   * The first 32 bits of a digest over everything that decides what the job draws, but the seed.
   * How the picture is written down is not among it: as PNG or as JPEG it is the same picture.
   */
  private static long derivedSeed(RenderJob job) {
    Canonical content =
        new Canonical("chitra seed 1")
            .add("model_digest", job.getModelDigest())
            .add("prompt", job.getPrompt())
            .add("negative_prompt", job.getNegativePrompt())
            .add("num_inference_steps", job.getNumInferenceSteps())
            .add("guidance_scale", job.getGuidanceScale())
            .add("scheduler", job.getScheduler())
            .add("width", job.getWidth())
            .add("height", job.getHeight())
            .add("prompt_2", job.getPrompt2())
            .add("negative_prompt_2", job.getNegativePrompt2())
            .add("timesteps", job.getTimesteps())
            .add("guidance_rescale", job.getGuidanceRescale())
            .add("eta", job.getEta())
            .add("image", sha256(job.getImage()))
            .add("strength", job.getStrength())
            .add("mask_image", sha256(job.getMaskImage()))
            .add("mask", job.getMask())
            .add("outpaint", job.getOutpaint())
            .add("keep_unmasked", job.getKeepUnmasked() ? true : null)
            .add("original_size", job.getOriginalSize())
            .add("target_size", job.getTargetSize())
            .add("crops_coords_top_left", job.getCropsCoordsTopLeft())
            .add("vae", job.getVae() == null ? null : job.getVae().getDigest());
    for (Lora lora : orElse(job.getLoras(), List.<Lora>of())) {
      content.add("lora", lora.getFile().getSha256()).add("scale", lora.getScale());
    }
    return ByteBuffer.wrap(content.digest()).getInt() & MAX_SEED;
  }

  private static @Nullable String sha256(@Nullable InputFile file) {
    return file == null ? null : file.getSha256();
  }

  private static <T> T orElse(@Nullable T given, T otherwise) {
    return given != null ? given : otherwise;
  }
}
