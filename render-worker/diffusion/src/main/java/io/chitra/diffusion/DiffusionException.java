package io.chitra.diffusion;

import org.jspecify.annotations.Nullable;

/**
 * A picture that could not be made. The message is for people: {@code Cannot <do> <what>: <why>}.
 */
public final class DiffusionException extends Exception {

  private static final long serialVersionUID = 1L;

  private enum Kind {
    PERMANENT,
    TEMPORARY
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

  /** The same request may succeed later or elsewhere: out of memory, the engine is closed. */
  public static DiffusionException temporary(String message, @Nullable Throwable cause) {
    return new DiffusionException(Kind.TEMPORARY, message, cause);
  }

  /** Whether asking again cannot help. */
  public boolean permanent() {
    return kind == Kind.PERMANENT;
  }
}
