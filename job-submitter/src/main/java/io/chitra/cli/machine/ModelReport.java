package io.chitra.cli.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model's folder holds. Shapes are as the graph declares them, named dimensions included.
 *
 * @param layout what kind of model its configs tell
 * @param scheduler the model's own
 * @param schedulers those that a job for it may name
 * @param residentBytes of memory that all parts took when they were opened; null where the system
 *     does not tell
 */
public record ModelReport(
    String digest,
    String pipeline,
    String layout,
    String scheduler,
    List<String> schedulers,
    int sizeFactor,
    int width,
    int height,
    long bytes,
    @Nullable Long residentBytes,
    List<Part> parts) {

  /**
   * One ONNX graph of the model.
   *
   * @param sha256 of the graph's file, without external data
   * @param notes what is changed in it when it is loaded, or could not be
   */
  public record Part(
      String name,
      String precision,
      long bytes,
      String sha256,
      List<String> inputs,
      List<String> outputs,
      List<String> notes) {}
}
