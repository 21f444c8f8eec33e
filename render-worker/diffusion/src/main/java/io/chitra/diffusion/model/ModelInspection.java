package io.chitra.diffusion.model;

import java.util.List;

/**
 * A model at a glance, for people.
 *
 * @param pipeline diffusers' class, as {@code StableDiffusionPipeline}
 * @param scheduler diffusers' class of the model's own scheduler
 * @param sizeFactor what width and height must be a multiple of
 * @param width of a picture by default, in pixels
 * @param height of a picture by default, in pixels
 */
public record ModelInspection(
    String pipeline, String scheduler, int sizeFactor, int width, int height, List<Part> parts) {

  public ModelInspection {
    parts = List.copyOf(parts);
  }

  /**
   * One ONNX graph.
   *
   * @param name of its folder
   * @param precision of the numbers it takes and gives, {@code float32} or {@code float16}
   * @param bytes of its file and its external data
   * @param inputs as {@code sample: float32 [batch, 4, height, width]}
   * @param outputs like the inputs
   */
  public record Part(
      String name, String precision, long bytes, List<String> inputs, List<String> outputs) {

    public Part {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }
}
