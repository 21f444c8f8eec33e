package io.chitra.worker.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.chitra.dataset.Sha256;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.Point;
import io.chitra.schemas.Rectangle;
import io.chitra.schemas.RenderJob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over the canonical form (JSON, keys in order, no spaces, UTF-8) of everything in a task
 * that decides the bytes of its picture, and of the version of the code that decides them. Files
 * are in it by their digests. Who asked, when, for which dataset and under what names is not. What
 * a task does not say is left out, but for the negative prompt. It names the picture's object in
 * S3.
 */
public final class Fingerprint {

  private static final ObjectMapper CANONICAL =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private Fingerprint() {}

  /** 64 hex digits. */
  public static String of(ImageTask task, int pixelVersion) {
    RenderJob job = task.job();
    Map<String, @Nullable Object> pixels = new TreeMap<>();
    pixels.put("crops_coords_top_left", job.getCropsCoordsTopLeft());
    pixels.put("eta", job.getEta());
    pixels.put("guidance_rescale", job.getGuidanceRescale());
    pixels.put("guidance_scale", task.guidanceScale());
    pixels.put("height", task.height());
    pixels.put("image", sha256(job.getImage()));
    pixels.put("keep_unmasked", job.getKeepUnmasked() ? true : null);
    pixels.put("loras", task.loras().isEmpty() ? null : loras(task.loras()));
    pixels.put("mask", shape(job.getMask()));
    pixels.put("mask_image", sha256(job.getMaskImage()));
    pixels.put("model_digest", task.modelDigest());
    pixels.put("negative_prompt_2", job.getNegativePrompt2());
    pixels.put("num_inference_steps", task.numInferenceSteps());
    pixels.put("original_size", job.getOriginalSize());
    pixels.put("outpaint", margins(job.getOutpaint()));
    pixels.put("output", job.getOutputFormat() == null ? "png" : job.getOutputFormat());
    pixels.put("output_mode", job.getOutputMode());
    pixels.put("output_quality", job.getOutputQuality());
    pixels.put("pixel_version", pixelVersion);
    pixels.put("prompt", task.prompt());
    pixels.put("prompt_2", job.getPrompt2());
    pixels.put("scheduler", task.scheduler());
    pixels.put("seed", task.seed());
    pixels.put("strength", job.getStrength());
    pixels.put("target_size", job.getTargetSize());
    pixels.put("task", task.kind().fieldValue());
    pixels.put("timesteps", job.getTimesteps());
    pixels.put("vae", job.getVae() == null ? null : job.getVae().getDigest());
    pixels.put("width", task.width());
    pixels.values().removeIf(value -> value == null);
    pixels.put("negative_prompt", task.negativePrompt());
    try {
      return Sha256.of(CANONICAL.writeValueAsString(pixels).getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot make a fingerprint: " + e.getMessage(), e);
    }
  }

  private static @Nullable String sha256(@Nullable InputFile file) {
    return file == null ? null : file.getSha256();
  }

  private static List<Map<String, Object>> loras(List<Lora> loras) {
    return loras.stream()
        .map(
            lora ->
                Map.<String, Object>of(
                    "file", lora.getFile().getSha256(), "scale", lora.getScale()))
        .toList();
  }

  private static @Nullable Map<String, List<?>> shape(@Nullable MaskShape mask) {
    if (mask == null) {
      return null;
    }
    Rectangle rectangle = mask.getRectangle();
    List<Point> corners = mask.getPolygon();
    return rectangle != null
        ? Map.of(
            "rectangle",
            List.of(
                rectangle.getLeft(),
                rectangle.getTop(),
                rectangle.getWidth(),
                rectangle.getHeight()))
        : Map.of(
            "polygon",
            corners == null
                ? List.of()
                : corners.stream().map(at -> List.of(at.getX(), at.getY())).toList());
  }

  private static @Nullable List<Integer> margins(@Nullable Outpaint outpaint) {
    return outpaint == null
        ? null
        : List.of(outpaint.getLeft(), outpaint.getRight(), outpaint.getTop(), outpaint.getBottom());
  }
}
