package io.chitra.benchmarks;

import io.chitra.starter.StarterModel;
import java.io.IOException;
import java.nio.file.Path;

/** The starter model on disk, once for all benchmarks. */
final class Starter {

  private static final Path FOLDER =
      Path.of(System.getProperty("java.io.tmpdir"), "chitra-benchmarks", "starter-model");

  private Starter() {}

  /** Its folder, unpacked where it is not there yet. */
  static Path folder() throws IOException {
    return StarterModel.unpack(FOLDER);
  }
}
