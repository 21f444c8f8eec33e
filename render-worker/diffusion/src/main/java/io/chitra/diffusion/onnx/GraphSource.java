package io.chitra.diffusion.onnx;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.OnnxGraph;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A graph on its way to a session: read and checked, and perhaps changed. Immutable.
 *
 * @param part the graph's folder in the model; empty where it lies in the model's own
 * @param name of its file there
 * @param stored as its file has it
 * @param graph as it will be run
 */
public record GraphSource(Path model, String part, String name, OnnxGraph stored, OnnxGraph graph) {

  private static final String FILE = "model.onnx";

  /**
   * Reads {@code <part>/model.onnx}.
   *
   * @throws DiffusionException permanent, when there is no such graph, or not all of it
   */
  public static GraphSource read(Path model, String part) throws DiffusionException {
    return read(model, part, FILE);
  }

  /**
   * Reads the graph of a model that has one: an ONNX file, or {@code model.onnx} in a folder.
   *
   * @throws DiffusionException permanent, when there is no such graph, or not all of it
   */
  public static GraphSource alone(Path folderOrFile) throws DiffusionException {
    if (Files.isDirectory(folderOrFile)) {
      return read(folderOrFile, "", FILE);
    }
    Path file = folderOrFile.toAbsolutePath().normalize();
    Path folder = file.getParent();
    return read(folder == null ? file : folder, "", String.valueOf(file.getFileName()));
  }

  private static GraphSource read(Path model, String part, String name) throws DiffusionException {
    Path file = model.resolve(part).resolve(name);
    if (!Files.isRegularFile(file)) {
      throw DiffusionException.permanent(
          "Cannot load model %s: it has no file %s".formatted(model, within(part, name)));
    }
    OnnxGraph stored = OnnxGraph.read(file);
    return new GraphSource(model, part, name, stored, stored);
  }

  private static String within(String part, String name) {
    return part.isEmpty() ? name : part + "/" + name;
  }

  /** The file's path in the model. */
  String label() {
    return within(part, name);
  }

  public GraphSource with(OnnxGraph changed) {
    return new GraphSource(model, part, name, stored, changed);
  }

  boolean isChanged() {
    return graph != stored;
  }

  Path folder() {
    return model.resolve(part);
  }

  Path file() {
    return folder().resolve(name);
  }
}
