package io.chitra.job;

import io.chitra.job.ModelFacts.UNetInput;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a model makes of a job: what it cannot do is a problem. For one job and one thread. */
final class ModelRules {

  private final ModelFacts facts;
  private final JobLimits limits;
  private final Problems problems;

  ModelRules(ModelFacts facts, JobLimits limits, Problems problems) {
    this.facts = facts;
    this.limits = limits;
    this.problems = problems;
  }

  /** The model by which the job is resolved must be the one that it names. */
  void digest(@Nullable String digest) {
    if (digest == null) {
      problems.add(
          "model_digest",
          "missing: a job names its model by the 64 hexadecimal digits under which"
              + " `chitra models push` put it into the bucket");
    } else if (!FileRules.isDigest(digest)) {
      problems.add("model_digest", FileRules.noDigest(digest));
    } else if (!digest.equals(facts.digest())) {
      problems.add("model_digest", digest + " is not the model at hand, " + facts.digest());
    }
  }

  /** What only some kinds of models do. */
  void abilities(RenderJob job) {
    boolean inpaintsOnly = facts.unet() == UNetInput.LATENTS_MASK_AND_MASKED_IMAGE;
    TaskKind task = TaskKind.of(job);
    if (inpaintsOnly && task == TaskKind.TEXT_TO_IMAGE) {
      problems.add("image", "missing: this model does nothing but inpaint, it needs an image");
    }
    if (inpaintsOnly && task == TaskKind.IMAGE_TO_IMAGE) {
      problems.add(
          "mask_image",
          "missing: this model does nothing but inpaint, it needs mask_image, mask or outpaint");
    }
    if (facts.pipeline() != Pipeline.STABLE_DIFFUSION_XL) {
      forXl("prompt_2", job.getPrompt2());
      forXl("negative_prompt_2", job.getNegativePrompt2());
      forXl("original_size", job.getOriginalSize());
      forXl("target_size", job.getTargetSize());
      forXl("crops_coords_top_left", job.getCropsCoordsTopLeft());
    }
  }

  private void forXl(String field, @Nullable Object value) {
    if (value != null) {
      problems.add(field, "is for SDXL models, and this is none: remove it");
    }
  }

  /** The sides of a job that names none; those of a given picture are not known here. */
  void missingSizes(RenderJob job) {
    if (job.getImage() != null) {
      missingSize("width", job.getWidth());
      missingSize("height", job.getHeight());
    }
  }

  private void missingSize(String field, @Nullable Integer size) {
    if (size == null) {
      problems.add(
          field,
          "missing: a job with an image says it; the image's own, rounded down to a multiple of %d,"
                  .formatted(facts.vae().factor())
              + " would be right");
    }
  }

  /** The size that the job is resolved to, and what must fit to it. */
  void sizes(RenderJob job, int width, int height) {
    multiple("width", width);
    multiple("height", height);
    if (!problems.has("width")) {
      new ValueRules(limits, problems).pixels(width, height);
    }
    if (job.getOutpaint() != null) {
      canvas(job.getOutpaint(), width, height);
    }
    if (job.getMask() != null) {
      inside(job.getMask(), width, height);
    }
  }

  private void canvas(Outpaint margins, int width, int height) {
    multiple("outpaint.left", margins.getLeft());
    multiple("outpaint.right", margins.getRight());
    multiple("outpaint.top", margins.getTop());
    multiple("outpaint.bottom", margins.getBottom());
    long canvasWidth = (long) width + margins.getLeft() + margins.getRight();
    long canvasHeight = (long) height + margins.getTop() + margins.getBottom();
    if (Math.max(canvasWidth, canvasHeight) > limits.maxSide()
        || canvasWidth * canvasHeight > limits.maxPixels()) {
      problems.add(
          "outpaint",
          "the canvas grows to %d x %d: up to %d a side and %d pixels would be right"
              .formatted(canvasWidth, canvasHeight, limits.maxSide(), limits.maxPixels()));
    }
  }

  private void inside(MaskShape mask, int width, int height) {
    Rectangle rectangle = mask.getRectangle();
    if (rectangle != null
        && ((long) rectangle.getLeft() + rectangle.getWidth() > width
            || (long) rectangle.getTop() + rectangle.getHeight() > height)) {
      problems.add("mask.rectangle", beyond(width, height));
    }
    List<Point> corners = mask.getPolygon();
    if (corners != null
        && corners.stream().anyMatch(corner -> corner.getX() > width || corner.getY() > height)) {
      problems.add("mask.polygon", beyond(width, height));
    }
  }

  private static String beyond(int width, int height) {
    return "it reaches beyond the picture of %d x %d".formatted(width, height);
  }

  private void multiple(String field, int value) {
    int factor = facts.vae().factor();
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
    problems.add(
        field,
        "%d is no multiple of %d (the model's factor): %s would be"
            .formatted(value, factor, Texts.alternatives(neighbours)));
  }

  /** The scheduler that is asked for, or is the model's own; empty when it is refused. */
  Optional<SchedulerName> scheduler(@Nullable String asked) {
    if (asked == null && SchedulerName.find(facts.scheduler()).isEmpty()) {
      problems.add(
          "scheduler",
          "none is given, and the model's own is refused: "
              + SchedulerName.refusal(facts.scheduler()));
    }
    return SchedulerName.find(asked != null ? asked : facts.scheduler());
  }

  /** What only some schedulers do. */
  void schedulerAbilities(RenderJob job, SchedulerName scheduler) {
    Double eta = job.getEta();
    if (eta != null && eta > 0 && scheduler != SchedulerName.DDIM) {
      problems.add(
          "eta",
          "is for the scheduler ddim, and this is %s: remove it".formatted(scheduler.shortName()));
    }
    if (job.getTimesteps() != null && !scheduler.takesTimesteps()) {
      problems.add(
          "timesteps",
          "%s takes none: %s would"
              .formatted(scheduler.shortName(), SchedulerName.takingTimesteps()));
    }
  }

  /**
   * The share of the steps that a strength leaves, as diffusers counts them, must be one at least.
   */
  void strength(double strength, int steps) {
    if ((int) (steps * strength) < 1) {
      problems.add(
          "strength",
          "%s of %d steps is not even one: %s would be"
              .formatted(Problems.number(strength), steps, steps == 1 ? "1" : "more of either"));
    }
  }
}
