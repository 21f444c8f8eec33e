package io.chitra.job;

import io.chitra.schemas.InputFile;
import io.chitra.schemas.Lora;
import io.chitra.schemas.MaskShape;
import io.chitra.schemas.Outpaint;
import io.chitra.schemas.RenderJob;
import io.chitra.schemas.Vae;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
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

  /**
   * These fields, and of the others those that are not given here. Timesteps are steps too: who
   * gives them does not want the others' number of steps.
   */
  GivenFields orElse(GivenFields others) {
    GivenFields both = new GivenFields();
    both.values.putAll(others.values);
    if (values.containsKey(Field.TIMESTEPS)) {
      both.values.remove(Field.NUM_INFERENCE_STEPS);
    }
    both.values.putAll(values);
    both.labels.putAll(others.labels);
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

  /**
   * The job that these fields are. Files and the VAE are named as they were given, with an empty
   * digest.
   */
  RenderJob toJob() {
    String vae = text(Field.VAE);
    return RenderJob.newBuilder()
        .setId(required(Field.ID))
        .setPrompt(required(Field.PROMPT))
        .setNegativePrompt(text(Field.NEGATIVE_PROMPT))
        .setPrompt2(text(Field.PROMPT_2))
        .setNegativePrompt2(text(Field.NEGATIVE_PROMPT_2))
        .setDataset(text(Field.DATASET))
        .setLabels(new TreeMap<>(labels))
        .setNumInferenceSteps((Integer) values.get(Field.NUM_INFERENCE_STEPS))
        .setTimesteps(integers(Field.TIMESTEPS))
        .setGuidanceScale((Double) values.get(Field.GUIDANCE_SCALE))
        .setGuidanceRescale((Double) values.get(Field.GUIDANCE_RESCALE))
        .setScheduler(text(Field.SCHEDULER))
        .setEta((Double) values.get(Field.ETA))
        .setWidth((Integer) values.get(Field.WIDTH))
        .setHeight((Integer) values.get(Field.HEIGHT))
        .setSeed(wholeNumber(Field.SEED))
        .setImage(file(Field.IMAGE))
        .setStrength((Double) values.get(Field.STRENGTH))
        .setMaskImage(file(Field.MASK_IMAGE))
        .setMask((MaskShape) values.get(Field.MASK))
        .setOutpaint((Outpaint) values.get(Field.OUTPAINT))
        .setKeepUnmasked((Boolean) values.getOrDefault(Field.KEEP_UNMASKED, false))
        .setOriginalSize(integers(Field.ORIGINAL_SIZE))
        .setTargetSize(integers(Field.TARGET_SIZE))
        .setCropsCoordsTopLeft(integers(Field.CROPS_COORDS_TOP_LEFT))
        .setLoras(loras())
        .setVae(vae == null ? null : new Vae("", vae))
        .setOutputFormat(text(Field.OUTPUT_FORMAT))
        .setOutputQuality((Integer) values.get(Field.OUTPUT_QUALITY))
        .setOutputMode(text(Field.OUTPUT_MODE))
        .setNumImagesPerPrompt((Integer) values.getOrDefault(Field.NUM_IMAGES_PER_PROMPT, 1))
        .build();
  }

  private String required(Field field) {
    return (String) values.getOrDefault(field, "");
  }

  private @Nullable InputFile file(Field field) {
    String name = text(field);
    return name == null ? null : new InputFile(name, "");
  }

  @SuppressWarnings("unchecked") // as Row gives it
  private @Nullable List<Integer> integers(Field field) {
    return (List<Integer>) values.get(field);
  }

  @SuppressWarnings("unchecked") // as Row gives them
  private @Nullable List<Lora> loras() {
    return (List<Lora>) values.get(Field.LORAS);
  }
}
