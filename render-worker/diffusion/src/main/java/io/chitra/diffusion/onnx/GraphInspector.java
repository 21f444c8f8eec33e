package io.chitra.diffusion.onnx;

import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.model.ModelFiles;
import io.chitra.diffusion.model.ModelInspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads what a graph says about itself. */
public final class GraphInspector {

  private GraphInspector() {}

  /** Opens {@code <part>/model.onnx} for a moment. */
  public static ModelInspection.Part inspect(OnnxRuntime runtime, Path model, String part)
      throws DiffusionException {
    try (Graph graph = Graph.open(runtime, model, part)) {
      String first = graph.outputs().keySet().stream().findFirst().orElse("");
      return new ModelInspection.Part(
          part,
          graph.precision(first).text,
          ModelFiles.bytes(model, part),
          describe(graph.inputs()),
          describe(graph.outputs()));
    }
  }

  private static List<String> describe(Map<String, TensorInfo> tensors) {
    List<String> lines = new ArrayList<>();
    tensors.forEach(
        (name, info) -> lines.add("%s: %s %s".formatted(name, type(info), shape(info))));
    return lines;
  }

  private static String type(TensorInfo info) {
    for (Precision precision : Precision.values()) {
      if (precision.type == info.type) {
        return precision.text;
      }
    }
    return info.type.name().toLowerCase(Locale.ROOT);
  }

  private static String shape(TensorInfo info) {
    long[] shape = info.getShape();
    String[] names = info.getDimensionNames();
    List<String> dimensions = new ArrayList<>();
    for (int i = 0; i < shape.length; i++) {
      boolean open = shape[i] < 0;
      dimensions.add(open ? (names[i].isEmpty() ? "?" : names[i]) : Long.toString(shape[i]));
    }
    return dimensions.toString();
  }
}
