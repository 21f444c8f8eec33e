package io.chitra.diffusion.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model at a glance, for people.
 *
 * @param pipeline diffusers' class, as {@code StableDiffusionPipeline}
 * @param layout what kind of model the configs tell, for people
 * @param scheduler diffusers' class of the model's own scheduler
 * @param sizeFactor what width and height must be a multiple of
 * @param width of a picture by default, in pixels
 * @param height of a picture by default, in pixels
 * @param residentBytes of memory that the process grew by when all parts were open; null where the
 *     system does not tell
 */
public record ModelInspection(
    String pipeline,
    String layout,
    String scheduler,
    int sizeFactor,
    int width,
    int height,
    @Nullable Long residentBytes,
    List<Part> parts) {

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
   * @param notes what is changed in it when it is loaded, or could not be
   */
  public record Part(
      String name,
      String precision,
      long bytes,
      List<String> inputs,
      List<String> outputs,
      List<String> notes) {

    public Part {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      notes = List.copyOf(notes);
    }
  }

  /** The graphs of a model, and what they take when all are open. */
  public record Graphs(List<Part> parts, @Nullable Long residentBytes) {

    public Graphs {
      parts = List.copyOf(parts);
    }
  }
}
