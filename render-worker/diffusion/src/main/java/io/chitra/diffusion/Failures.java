package io.chitra.diffusion;

/** What a failure means for the picture that met it. */
final class Failures {

  private Failures() {}

  /**
   * Errors of the machine (out of memory, a native library that does not load) are temporary; an
   * unexpected exception would come again with the same request.
   */
  static DiffusionException asDiffusionException(Throwable failure) {
    if (failure instanceof DiffusionException known) {
      return known;
    }
    String message = "Cannot render the picture: " + failure;
    return failure instanceof Error
        ? DiffusionException.temporary(message, failure)
        : DiffusionException.permanent(message, failure);
  }

  static DiffusionException closed() {
    return DiffusionException.temporary("Cannot render the picture: the engine is closed", null);
  }
}
