package io.chitra.job;

import io.chitra.schemas.RenderJob;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The fields that somebody gave, each with a value of its kind, and the labels. For one thread. */
final class GivenFields {

  private static final int ID_BYTES = 16;

  private final Map<Field, Object> values = new EnumMap<>(Field.class);
  private final Map<String, Object> labels = new TreeMap<>();

  /** Gives a field; null gives nothing. */
  GivenFields put(Field field, @Nullable Object value) {
    if (value != null) {
      values.put(field, value);
    }
    return this;
  }

  void putLabel(String name, Object value) {
    labels.put(name, value);
  }

  @Nullable String text(Field field) {
    return (String) values.get(field);
  }

  @Nullable Long wholeNumber(Field field) {
    return (Long) values.get(field);
  }

  /** These fields, and of the others those that are not given here. */
  GivenFields orElse(GivenFields others) {
    GivenFields both = new GivenFields();
    both.values.putAll(others.values);
    both.values.putAll(values);
    both.labels.putAll(labels);
    return both;
  }

  /** A name for the job that is given by everything but its id: the same for the same content. */
  String contentId() {
    Canonical content = new Canonical("chitra job 1");
    values.forEach(
        (field, value) -> {
          if (field != Field.ID) {
            content.add(field.fieldName(), value);
          }
        });
    labels.forEach((name, value) -> content.add("labels." + name, value));
    return HexFormat.of().formatHex(content.digest(), 0, ID_BYTES);
  }

  /** The job that these fields are. */
  RenderJob toJob() {
    return RenderJob.newBuilder()
        .setId(required(Field.ID))
        .setPrompt(required(Field.PROMPT))
        .setNegativePrompt(text(Field.NEGATIVE_PROMPT))
        .setDataset(text(Field.DATASET))
        .setLabels(new TreeMap<>(labels))
        .setNumInferenceSteps((Integer) values.get(Field.NUM_INFERENCE_STEPS))
        .setGuidanceScale((Double) values.get(Field.GUIDANCE_SCALE))
        .setScheduler(text(Field.SCHEDULER))
        .setWidth((Integer) values.get(Field.WIDTH))
        .setHeight((Integer) values.get(Field.HEIGHT))
        .setSeed(wholeNumber(Field.SEED))
        .setNumImagesPerPrompt((Integer) values.getOrDefault(Field.NUM_IMAGES_PER_PROMPT, 1))
        .build();
  }

  private String required(Field field) {
    return (String) values.getOrDefault(field, "");
  }
}
