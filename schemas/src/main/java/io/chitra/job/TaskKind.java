package io.chitra.job;

import io.chitra.schemas.RenderJob;
import java.util.Locale;

/** What is done to make a picture: diffusers' tasks, told apart by what a job gives. */
public enum TaskKind {
  /** From noise alone. */
  TEXT_TO_IMAGE,
  /** A given picture, changed as a whole. */
  IMAGE_TO_IMAGE,
  /** A given picture, drawn anew where a mask says. */
  INPAINTING,
  /** A given picture, continued beyond its edges. */
  OUTPAINTING;

  /** What a job that follows the rules asks for. */
  public static TaskKind of(RenderJob job) {
    if (job.getImage() == null) {
      return TEXT_TO_IMAGE;
    }
    if (job.getOutpaint() != null) {
      return OUTPAINTING;
    }
    return job.getMaskImage() != null || job.getMask() != null ? INPAINTING : IMAGE_TO_IMAGE;
  }

  /** The name in records: {@code text_to_image}. */
  public String fieldValue() {
    return name().toLowerCase(Locale.ROOT);
  }
}
