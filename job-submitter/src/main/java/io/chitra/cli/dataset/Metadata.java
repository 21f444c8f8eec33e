package io.chitra.cli.dataset;

import com.fasterxml.jackson.core.JsonGenerator;
import io.chitra.schemas.ImageRecord;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The columns of {@code metadata.jsonl}. Every row has every column, with null for what it lacks;
 * labels and what only some tasks say have columns where a row has them. The reader takes each
 * column's type from the first rows of the file, so a row that shows a type which the first rows do
 * not is written at the head of the file; this class finds those rows while they come in. Used by
 * one thread.
 */
final class Metadata {

  /** So many rows surely lie within what the reader looks at for types. */
  private static final int FIRST_ROWS = 100;

  private static final String LABEL = "label_";

  /** The first position that has a value, by column; only columns that rows may lack. */
  private final Map<String, Integer> firstSeen = new TreeMap<>();

  /** Takes note of the columns that a row has. */
  void see(int position, ImageRecord row) {
    see(position, "model_name", row.getModelName());
    see(position, "negative_prompt", row.getNegativePrompt());
    see(position, "prompt_truncated", row.getPromptTruncated());
    see(position, "negative_prompt_truncated", row.getNegativePromptTruncated());
    TaskColumns.of(row).forEach((column, value) -> see(position, column, value));
    row.getLabels().forEach((name, value) -> see(position, labelColumn(name), value));
  }

  private void see(int position, String column, @Nullable Object value) {
    if (value != null) {
      firstSeen.merge(column, position, Math::min);
    }
  }

  /** The positions whose rows stand before all others, in order. */
  SortedSet<Integer> head() {
    SortedSet<Integer> head = new TreeSet<>(firstSeen.values());
    head.removeIf(position -> position < FIRST_ROWS);
    return head;
  }

  /** Writes a row as one JSON object. */
  void write(JsonGenerator json, String fileName, RowSpool.Row place, ImageRecord row)
      throws IOException {
    Map<String, @Nullable Object> cells = new LinkedHashMap<>();
    cells.put("file_name", fileName);
    cells.put("job_id", row.getJobId());
    cells.put("image_index", row.getImageIndex());
    cells.put("dataset", row.getDataset());
    cells.put("prompt", row.getPrompt());
    cells.put("negative_prompt", row.getNegativePrompt());
    cells.put("num_inference_steps", row.getNumInferenceSteps());
    cells.put("guidance_scale", row.getGuidanceScale());
    cells.put("scheduler", row.getScheduler());
    cells.put("width", row.getWidth());
    cells.put("height", row.getHeight());
    cells.put("seed", row.getSeed());
    cells.put("model_name", row.getModelName());
    cells.put("model_digest", row.getModelDigest());
    Map<String, @Nullable Object> task = TaskColumns.of(row);
    task.keySet().stream()
        .filter(firstSeen::containsKey)
        .forEach(column -> cells.put(column, task.get(column)));
    firstSeen.keySet().stream()
        .filter(column -> column.startsWith(LABEL))
        .forEach(column -> cells.put(column, null));
    row.getLabels().forEach((name, value) -> cells.put(labelColumn(name), value));
    cells.put("prompt_truncated", row.getPromptTruncated());
    cells.put("negative_prompt_truncated", row.getNegativePromptTruncated());
    cells.put("pixel_sha256", row.getPixelSha256());
    cells.put("file_sha256", row.getFileSha256());
    cells.put("bucket", row.getBucket());
    cells.put("object_key", row.getObjectKey());
    cells.put("fingerprint", row.getFingerprint());
    cells.put("environment_class", row.getEnvironmentClass());
    cells.put("reused", row.getReused());
    cells.put("submission_topic", row.getSubmission().getTopic());
    cells.put("submission_partition", row.getSubmission().getPartition());
    cells.put("submission_offset", row.getSubmission().getOffset());
    cells.put("result_partition", place.partition());
    cells.put("result_offset", place.offset());
    json.writePOJO(cells);
  }

  /**
   * The column of a label. The reader opens the file that a column named {@code ..._file_name}
   * holds, so a label of that name gets an underscore more.
   */
  static String labelColumn(String label) {
    String column = LABEL + label;
    return column.matches(".*_file_names?_*") ? column + "_" : column;
  }
}
