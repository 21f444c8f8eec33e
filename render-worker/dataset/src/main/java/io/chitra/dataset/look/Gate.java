package io.chitra.dataset.look;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a picture passes or does not. The order is that of failed gates in records. */
public enum Gate {
  /** The file is a picture of the size that its record says. */
  READABLE,
  /** No earlier picture has the same pixels. */
  EXACT_DUPLICATE,
  /** No earlier picture has a pHash that differs in so few bits. */
  NEAR_DUPLICATE,
  /** It is not of one tone. */
  BLANK,
  /** Its tones are far enough apart. */
  LOW_CONTRAST,
  /** It is neither too dark nor too bright. */
  BRIGHTNESS,
  /** It has colour, unless its job asked for greyscale. */
  COLOURLESS,
  /** Its shorter side has enough pixels. */
  SIZE,
  /** A CLIP model finds its prompt in it. */
  CLIP_SCORE,
  /** A classifier finds nothing that is not safe for work. */
  NSFW,
  /** It is not too near to a picture of the reference set. */
  NEAR_COPY;

  /** As people write it: {@code near-duplicate}. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The gate of a label.
   *
   * @throws IllegalArgumentException when there is no such gate
   */
  @JsonCreator
  public static Gate of(String label) {
    return Arrays.stream(values())
        .filter(gate -> gate.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot use gate '%s': there are %s".formatted(label, labels())));
  }

  private static String labels() {
    return Arrays.stream(values()).map(Gate::label).collect(Collectors.joining(", "));
  }
}
