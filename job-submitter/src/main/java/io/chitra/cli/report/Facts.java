package io.chitra.cli.report;

import io.chitra.dataset.DatasetRow;
import io.chitra.schemas.ImageRecord;
import io.chitra.schemas.Lora;
import io.chitra.schemas.Vae;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the records of a dataset say, counted over all of them. Memory grows by 8 bytes a row. Used
 * by one thread.
 */
final class Facts {

  /** Labels that are a picture's class wherever they are used. */
  private static final List<String> USUAL_CLASSES = List.of("class", "label", "category");

  private static final int MOST_CLASSES = 50;
  private static final int MOST_LABELS = 200;
  private static final int MOST_ENVIRONMENTS = 50;

  private final Map<String, Values> settings = new LinkedHashMap<>();
  private final SortedMap<String, Values> labels = new TreeMap<>();
  private final Values models = new Values();
  private final Values loras = new Values();
  private final Values vaes = new Values();
  private final Values environments = new Values();
  private final Map<String, SortedMap<String, String>> environmentDetails = new LinkedHashMap<>();
  private final Spread promptLength = new Spread();
  private final Spread renderMillis = new Spread();
  private final Timeline rendered = new Timeline();
  private long[] pixels;
  private int rows;
  private long bytes;
  private long reused;
  private long truncated;
  private boolean sorted;

  /**
   * Nothing yet.
   *
   * @param rows how many there will be
   */
  Facts(long rows) {
    this.pixels = new long[Math.toIntExact(rows)];
  }

  void add(DatasetRow row) {
    ImageRecord record = row.record();
    pixels[rows++] = pixels(record);
    bytes += record.getFileBytes();
    promptLength.add(record.getPrompt().codePointCount(0, record.getPrompt().length()));
    if (record.getPromptTruncated() != null || record.getNegativePromptTruncated() != null) {
      truncated++;
    }
    if (record.getReused()) {
      reused++;
    } else {
      rendered.add(record.getRenderedAt());
      renderMillis.add(record.getRenderMillis());
    }
    setting("task", record.getTask());
    setting("size", record.getWidth() + " × " + record.getHeight());
    setting("steps", record.getNumInferenceSteps());
    setting("guidance scale", record.getGuidanceScale());
    setting("scheduler", record.getScheduler());
    setting("file", record.getContentType());
    if (record.getStrength() != null) {
      setting("strength", record.getStrength());
    }
    if (record.getNegativePrompt() != null) {
      setting("negative prompt", record.getNegativePrompt());
    }
    record
        .getLabels()
        .forEach(
            (name, value) -> {
              if (labels.size() < MOST_LABELS || labels.containsKey(name)) {
                labels.computeIfAbsent(name, n -> new Values()).add(String.valueOf(value));
              }
            });
    models.add(named(record.getModelName(), record.getModelDigest()));
    if (record.getLoras() != null) {
      for (Lora lora : record.getLoras()) {
        loras.add(lora.toString());
      }
    }
    Vae vae = record.getVae();
    if (vae != null) {
      vaes.add(named(vae.getName(), vae.getDigest()));
    }
    environments.add(record.getEnvironmentClass());
    if (environmentDetails.size() < MOST_ENVIRONMENTS) {
      environmentDetails.computeIfAbsent(
          record.getEnvironmentClass(), name -> new TreeMap<>(record.getEnvironment()));
    }
  }

  private void setting(String name, Object value) {
    settings.computeIfAbsent(name, n -> new Values()).add(String.valueOf(value));
  }

  private static String named(@Nullable String name, String digest) {
    return name == null ? digest : name + " (" + digest + ")";
  }

  /** The first 64 bits of the SHA-256 of a picture's pixels. */
  private static long pixels(ImageRecord record) {
    String hash = record.getPixelSha256();
    try {
      return Long.parseUnsignedLong(hash.substring(0, Math.min(16, hash.length())), 16);
    } catch (NumberFormatException notHex) {
      return hash.hashCode();
    }
  }

  /** How many rows were added. */
  int rows() {
    return rows;
  }

  /** Of all files together. */
  long bytes() {
    return bytes;
  }

  /** Rows whose picture another submission has made. */
  long reused() {
    return reused;
  }

  /** Rows whose prompts did not fit into the model's tokens. */
  long truncated() {
    return truncated;
  }

  /** The fields of a job that decide how it is rendered, with their values. */
  Map<String, Values> settings() {
    return settings;
  }

  SortedMap<String, Values> labels() {
    return labels;
  }

  /** By name and digest, as the next two. */
  Values models() {
    return models;
  }

  Values loras() {
    return loras;
  }

  Values vaes() {
    return vaes;
  }

  /** By class. */
  Values environments() {
    return environments;
  }

  /** What makes up each class of environment. */
  Map<String, SortedMap<String, String>> environmentDetails() {
    return environmentDetails;
  }

  /** In Unicode characters. */
  Spread promptLength() {
    return promptLength;
  }

  /** Of pictures that were rendered for this dataset, as the next. */
  Spread renderMillis() {
    return renderMillis;
  }

  Timeline rendered() {
    return rendered;
  }

  /** The label that sorts the pictures, where one of those that are there obviously does. */
  Optional<String> classLabel() {
    return USUAL_CLASSES.stream()
        .filter(labels::containsKey)
        .findFirst()
        .or(
            () ->
                labels.entrySet().stream()
                    .filter(label -> label.getValue().distinct() > 1)
                    .filter(label -> label.getValue().distinct() <= MOST_CLASSES)
                    .map(Map.Entry::getKey)
                    .findFirst());
  }

  /** The class of a row by a label; empty where it does not have that label, or it says nothing. */
  static Optional<String> classOf(DatasetRow row, String label) {
    return Optional.ofNullable(row.record().getLabels().get(label))
        .map(String::valueOf)
        .filter(name -> !name.isEmpty());
  }

  /** How many pictures have the pixels of another one before them; call it after the last row. */
  long duplicates() {
    sort();
    long duplicates = 0;
    for (int i = 1; i < rows; i++) {
      duplicates += pixels[i] == pixels[i - 1] ? 1 : 0;
    }
    return duplicates;
  }

  /** Whether another picture has the pixels of this one; call it after the last row. */
  boolean duplicated(DatasetRow row) {
    sort();
    int at = Arrays.binarySearch(pixels, 0, rows, pixels(row.record()));
    return at >= 0
        && ((at > 0 && pixels[at - 1] == pixels[at])
            || (at + 1 < rows && pixels[at + 1] == pixels[at]));
  }

  private void sort() {
    if (!sorted) {
      Arrays.sort(pixels, 0, rows);
      sorted = true;
    }
  }
}
