package io.chitra.diffusion.onnx;

import ai.onnxruntime.TensorInfo;
import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.OnnxGraph;
import io.chitra.diffusion.graph.TimestepPerRow;
import io.chitra.diffusion.graph.UpsampleToSkip;
import io.chitra.diffusion.model.ModelFiles;
import io.chitra.diffusion.model.ModelInspection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Reads what a graph says about itself. */
public final class GraphInspector {

  private GraphInspector() {}

  /** Opens {@code <part>/model.onnx} of these parts, all at once, for a moment. */
  public static ModelInspection.Graphs inspect(OnnxRuntime runtime, Path model, List<String> parts)
      throws DiffusionException {
    OptionalLong before = ResidentMemory.bytes();
    List<Graph> opened = new ArrayList<>();
    try {
      List<ModelInspection.Part> inspected = new ArrayList<>();
      for (String part : parts) {
        GraphSource source = GraphSource.read(model, part);
        Graph graph = Graph.open(runtime, source);
        opened.add(graph);
        inspected.add(inspect(graph, source));
      }
      OptionalLong after = ResidentMemory.bytes();
      Long grown =
          before.isPresent() && after.isPresent()
              ? Long.valueOf(after.getAsLong() - before.getAsLong())
              : null;
      return new ModelInspection.Graphs(inspected, grown);
    } finally {
      opened.forEach(Graph::close);
    }
  }

  private static ModelInspection.Part inspect(Graph graph, GraphSource source)
      throws DiffusionException {
    String first = graph.outputs().keySet().stream().findFirst().orElse("");
    return new ModelInspection.Part(
        source.part(),
        graph.precision(first).text,
        ModelFiles.bytes(source.model(), source.part()),
        describe(graph.inputs()),
        describe(graph.outputs()),
        source.part().equals(UNet.PART) ? notes(source.graph()) : List.of());
  }

  private static List<String> notes(OnnxGraph unet) throws DiffusionException {
    return List.of(
        TimestepPerRow.of(unet).isPresent()
            ? "pictures at different steps share a batch"
            : "only pictures at the same timestep share a batch",
        UpsampleToSkip.of(unet).isPresent()
            ? "takes sizes that do not halve evenly"
            : "takes only sizes that halve evenly at each level");
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
