package io.chitra.diffusion.onnx;

import io.chitra.diffusion.DiffusionException;

/** Opens graphs: one that turns out to be of the wrong form is closed again. */
final class Graphs {

  interface Form<T> {
    T of(Graph graph) throws DiffusionException;
  }

  private Graphs() {}

  static <T> T open(OnnxRuntime runtime, GraphSource source, Form<T> form)
      throws DiffusionException {
    Graph graph = Graph.open(runtime, source);
    try {
      return form.of(graph);
    } catch (DiffusionException | RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }
}
