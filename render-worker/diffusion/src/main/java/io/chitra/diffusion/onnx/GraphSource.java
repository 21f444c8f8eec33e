package io.chitra.diffusion.onnx;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.OnnxGraph;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A graph on its way to a session: read and checked, and perhaps changed. Immutable.
 *
 * @param part the graph's folder in the model: {@code <part>/model.onnx}
 * @param stored as its file has it
 * @param graph as it will be run
 */
public record GraphSource(Path model, String part, OnnxGraph stored, OnnxGraph graph) {

  private static final String FILE = "model.onnx";

  /**
   * @throws DiffusionException permanent, when there is no such graph, or not all of it
   */
  public static GraphSource read(Path model, String part) throws DiffusionException {
    Path file = model.resolve(part).resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw DiffusionException.permanent(
          "Cannot load model %s: it has no file %s/%s".formatted(model, part, FILE));
    }
    OnnxGraph stored = OnnxGraph.read(file);
    return new GraphSource(model, part, stored, stored);
  }

  public GraphSource with(OnnxGraph changed) {
    return new GraphSource(model, part, stored, changed);
  }

  boolean isChanged() {
    return graph != stored;
  }

  Path folder() {
    return model.resolve(part);
  }

  Path file() {
    return folder().resolve(FILE);
  }
}
