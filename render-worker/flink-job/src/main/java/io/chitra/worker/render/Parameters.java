package io.chitra.worker.render;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.chitra.job.TaskKind;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import io.chitra.worker.task.ImageTask;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a picture as a line of text inside the file, in the format of AUTOMATIC1111's web
 * UI, which picture viewers and other tools read. Only what decides the pixels is in it: equal
 * pictures are equal files.
 */
final class Parameters {

  /** That UI's names of the diffusers schedulers. */
  private static final Map<String, String> SAMPLERS =
      Map.of(
          "DDIMScheduler", "DDIM",
          "PNDMScheduler", "PLMS",
          "EulerDiscreteScheduler", "Euler",
          "EulerAncestralDiscreteScheduler", "Euler a",
          "HeunDiscreteScheduler", "Heun",
          "DPMSolverMultistepScheduler", "DPM++ 2M",
          "dpmpp_2m_karras", "DPM++ 2M Karras",
          "dpmpp_2m_sde", "DPM++ 2M SDE",
          "UniPCMultistepScheduler", "UniPC",
          "LCMScheduler", "LCM");

  /** As many digits of a digest as that UI shows. */
  private static final int HASH_DIGITS = 10;

  private final List<String> settings = new ArrayList<>();

  private Parameters() {}

  static String of(ImageTask task) {
    StringBuilder text = new StringBuilder(task.prompt());
    if (task.negativePrompt() != null && !task.negativePrompt().isEmpty()) {
      text.append("\nNegative prompt: ").append(task.negativePrompt());
    }
    Parameters parameters = new Parameters();
    parameters.sampling(task);
    parameters.task(task);
    parameters.xl(task.job());
    return text.append('\n').append(String.join(", ", parameters.settings)).toString();
  }

  private void sampling(ImageTask task) {
    RenderJob job = task.job();
    add("Steps", task.numInferenceSteps());
    add("Sampler", SAMPLERS.getOrDefault(task.scheduler(), task.scheduler()));
    add("Timesteps", numbers(job.getTimesteps()));
    add("CFG scale", plain(task.guidanceScale()));
    add("CFG rescale", plain(job.getGuidanceRescale()));
    add("Eta", plain(job.getEta()));
    add("Seed", task.seed());
    add("Size", task.width() + "x" + task.height());
    add("Model hash", hash(task.modelDigest()));
    add("VAE hash", job.getVae() == null ? null : hash(job.getVae().getDigest()));
    add("Lora hashes", task.loras().isEmpty() ? null : loras(task.loras()));
  }

  private void task(ImageTask task) {
    RenderJob job = task.job();
    add(
        "Denoising strength",
        task.kind() == TaskKind.TEXT_TO_IMAGE ? null : plain(task.strength()));
    add("Image hash", hash(job.getImage()));
    add("Mask hash", hash(job.getMaskImage()));
    add("Mask", shape(job.getMask()));
    add("Keep unmasked", job.getKeepUnmasked() ? true : null);
    add("Outpaint", margins(job.getOutpaint()));
  }

  private void xl(RenderJob job) {
    add("Prompt 2", job.getPrompt2());
    add("Negative prompt 2", job.getNegativePrompt2());
    add("Original size", numbers(job.getOriginalSize()));
    add("Target size", numbers(job.getTargetSize()));
    add("Crops top left", numbers(job.getCropsCoordsTopLeft()));
  }

  /** Adds a setting, in quotes where that UI would take it for several. */
  private void add(String name, @Nullable Object value) {
    if (value != null) {
      String text = value.toString();
      boolean plain = text.chars().noneMatch(c -> c == ',' || c == ':' || c == '\n' || c == '"');
      settings.add(name + ": " + (plain ? text : quoted(text)));
    }
  }

  private static String quoted(String text) {
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  /** The scale of each LoRA by its hash: their names decide nothing. */
  private static String loras(List<Lora> loras) {
    return loras.stream()
        .map(lora -> hash(lora.getFile()) + ": " + plain(lora.getScale()))
        .collect(Collectors.joining(", "));
  }

  private static @Nullable String shape(@Nullable MaskShape mask) {
    if (mask == null) {
      return null;
    }
    Rectangle rectangle = mask.getRectangle();
    if (rectangle != null) {
      return "rectangle %d %d %d %d"
          .formatted(
              rectangle.getLeft(), rectangle.getTop(), rectangle.getWidth(), rectangle.getHeight());
    }
    List<Point> corners = mask.getPolygon();
    return Stream.ofNullable(corners)
        .flatMap(List::stream)
        .map(corner -> corner.getX() + " " + corner.getY())
        .collect(Collectors.joining(" ", "polygon ", ""));
  }

  private static @Nullable String margins(@Nullable Outpaint margins) {
    return margins == null
        ? null
        : "left %d right %d top %d bottom %d"
            .formatted(
                margins.getLeft(), margins.getRight(), margins.getTop(), margins.getBottom());
  }

  private static @Nullable String numbers(@Nullable List<Integer> numbers) {
    return numbers == null
        ? null
        : numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static @Nullable String hash(@Nullable InputFile file) {
    return file == null ? null : hash(file.getSha256());
  }

  private static String hash(String digest) {
    return digest.substring(0, HASH_DIGITS);
  }

  private static @Nullable String plain(@Nullable Double number) {
    return number == null ? null : BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
  }
}
