package io.chitra.cli.dataset;

import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.InputFile;
import io.chitra.schemas.Vae;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns of what only some tasks say. None is called {@code image}: that is the reader's own.
 * Shapes, margins and LoRAs are texts of JSON, so that each column has one type.
 */
final class TaskColumns {

  private TaskColumns() {}

  /** All of them in order, with null for what the row lacks. */
  static Map<String, @Nullable Object> of(ImageRecord row) {
    Map<String, @Nullable Object> cells = new LinkedHashMap<>();
    cells.put("task", row.getTask());
    file(cells, "input_image", row.getImage());
    cells.put("strength", row.getStrength());
    file(cells, "mask_image", row.getMaskImage());
    cells.put("mask", json(row.getMask()));
    cells.put("outpaint", json(row.getOutpaint()));
    cells.put("keep_unmasked", row.getKeepUnmasked() ? true : null);
    cells.put("eta", row.getEta());
    cells.put("guidance_rescale", row.getGuidanceRescale());
    cells.put("timesteps", row.getTimesteps());
    cells.put("prompt_2", row.getPrompt2());
    cells.put("negative_prompt_2", row.getNegativePrompt2());
    cells.put("prompt_2_truncated", row.getPrompt2Truncated());
    cells.put("negative_prompt_2_truncated", row.getNegativePrompt2Truncated());
    cells.put("original_size", row.getOriginalSize());
    cells.put("target_size", row.getTargetSize());
    cells.put("crops_coords_top_left", row.getCropsCoordsTopLeft());
    cells.put("loras", json(row.getLoras()));
    Vae vae = row.getVae();
    cells.put("vae_name", vae == null ? null : vae.getName());
    cells.put("vae_digest", vae == null ? null : vae.getDigest());
    cells.put("output_quality", row.getOutputQuality());
    cells.put("output_mode", row.getOutputMode());
    return cells;
  }

  private static void file(
      Map<String, @Nullable Object> cells, String column, @Nullable InputFile file) {
    cells.put(column + "_uri", file == null ? null : file.getUri());
    cells.put(column + "_sha256", file == null ? null : file.getSha256());
  }

  /** Avro's records, and lists of them, write themselves as JSON. */
  private static @Nullable String json(@Nullable Object records) {
    return records == null ? null : records.toString();
  }
}
