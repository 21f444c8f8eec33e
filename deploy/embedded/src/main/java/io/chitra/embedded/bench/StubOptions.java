package io.chitra.embedded.bench;

import java.nio.file.Path;

/**
 * What {@link StubBench} and {@link MillionBench} make.
 *
 * @param folder for the stack's state; made, and left to the caller to delete
 * @param pictures of the measured job
 * @param fileBytes of each picture's file
 */
public record StubOptions(Path folder, int pictures, int fileBytes) {

  public StubOptions {
    if (pictures < 1 || fileBytes < 1) {
      throw new IllegalArgumentException(
          "Cannot measure %d pictures of %d bytes: both are 1 or more"
              .formatted(pictures, fileBytes));
    }
  }
}
