package io.chitra.worker.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over the canonical form (JSON, keys in order, no spaces, UTF-8) of everything in a task
 * that decides pixels, and of the version of the code that decides them. Who asked, when, for which
 * dataset and under what name is not in it. It names the picture's object in S3.
 */
public final class Fingerprint {

  private static final ObjectMapper CANONICAL =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private Fingerprint() {}

  /** 64 hex digits. */
  public static String of(ImageTask task, int pixelVersion) {
    Map<String, @Nullable Object> pixels = new TreeMap<>();
    pixels.put("guidance_scale", task.guidanceScale());
    pixels.put("height", task.height());
    pixels.put("model_digest", task.modelDigest());
    pixels.put("negative_prompt", task.negativePrompt());
    pixels.put("num_inference_steps", task.numInferenceSteps());
    pixels.put("output", "png");
    pixels.put("pixel_version", pixelVersion);
    pixels.put("prompt", task.prompt());
    pixels.put("scheduler", task.scheduler());
    pixels.put("seed", task.seed());
    pixels.put("task", "text_to_image");
    pixels.put("width", task.width());
    try {
      return Sha256.hex(CANONICAL.writeValueAsString(pixels).getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot make a fingerprint: " + e.getMessage(), e);
    }
  }
}
