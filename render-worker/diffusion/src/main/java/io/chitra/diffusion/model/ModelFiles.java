package io.chitra.diffusion.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The files of a model's parts. */
public final class ModelFiles {

  private ModelFiles() {}

  /**
   * Bytes of a part's files: the graph, its external data, its config. 0 where they cannot be read.
   */
  public static long bytes(Path model, String part) {
    long bytes = 0;
    try (Stream<Path> files = Files.list(model.resolve(part))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    } catch (IOException e) {
      return 0;
    }
    return bytes;
  }
}
