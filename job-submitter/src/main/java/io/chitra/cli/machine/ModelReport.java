package io.chitra.cli.machine;

import java.util.List;

/**
 * What a model's folder holds. Shapes are as the graph declares them, named dimensions included.
 */
public record ModelReport(
    String digest,
    String pipeline,
    String scheduler,
    int sizeFactor,
    int width,
    int height,
    long bytes,
    List<Part> parts) {

  /** One ONNX graph of the model. */
  public record Part(
      String name, String precision, long bytes, List<String> inputs, List<String> outputs) {}
}
