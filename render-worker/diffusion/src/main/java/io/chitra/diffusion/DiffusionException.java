package io.chitra.diffusion;

import org.jspecify.annotations.Nullable;

/**
 * A picture that could not be made. The message is for people: {@code Cannot <do> <what>: <why>}.
 */
public final class DiffusionException extends Exception {

  private static final long serialVersionUID = 1L;

  private enum Kind {
    PERMANENT,
    TEMPORARY,
    OUT_OF_MEMORY
  }

  private final Kind kind;

  private DiffusionException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The same request on the same model fails again: the request or the model is at fault. */
  public static DiffusionException permanent(String message) {
    return permanent(message, null);
  }

  /** The same request on the same model fails again: the request or the model is at fault. */
  public static DiffusionException permanent(String message, @Nullable Throwable cause) {
    return new DiffusionException(Kind.PERMANENT, message, cause);
  }

  /** The same request may succeed later or elsewhere: the engine is closed. */
  public static DiffusionException temporary(String message, @Nullable Throwable cause) {
    return new DiffusionException(Kind.TEMPORARY, message, cause);
  }

  /** The device has no memory for it now; the same request may succeed with less beside it. */
  public static DiffusionException outOfMemory(String message, @Nullable Throwable cause) {
    return new DiffusionException(Kind.OUT_OF_MEMORY, message, cause);
  }

  /** Whether the device had no memory for it. */
  public boolean isOutOfMemory() {
    return kind == Kind.OUT_OF_MEMORY;
  }

  /** Whether asking again cannot help. */
  public boolean permanent() {
    return kind == Kind.PERMANENT;
  }
}
