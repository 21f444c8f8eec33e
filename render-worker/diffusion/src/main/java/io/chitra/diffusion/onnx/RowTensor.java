package io.chitra.diffusion.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.chitra.diffusion.DiffusionException;

/**
 * One input or output of a batch: memory for a value of the same shape in each row. Not
 * thread-safe.
 */
final class RowTensor {

  private final String name;
  private final int[] shapeOfRow;
  private final int size;
  private final FloatStore store;

  RowTensor(Graph graph, String name, int rows, int... shapeOfRow) throws DiffusionException {
    this.name = name;
    this.shapeOfRow = shapeOfRow;
    int values = 1;
    for (int side : shapeOfRow) {
      values = Math.multiplyExact(values, side);
    }
    size = values;
    store = FloatStore.allocate(graph.precision(name), Math.multiplyExact(rows, size));
  }

  String name() {
    return name;
  }

  int size() {
    return size;
  }

  /** Puts values into a row, from a place in it on. */
  void put(int row, int from, float[] values) {
    if (from + values.length > size) {
      throw new IllegalArgumentException(
          "Cannot put %d values at %d into %s: a row has %d"
              .formatted(values.length, from, name, size));
    }
    store.put(row * size + from, values);
  }

  void get(int row, float[] values) {
    store.get(row * size, values);
  }

  /** Some rows, as a view that the caller closes. */
  OnnxTensor view(OrtEnvironment environment, int from, int rows) throws OrtException {
    long[] shape = new long[1 + shapeOfRow.length];
    shape[0] = rows;
    for (int i = 0; i < shapeOfRow.length; i++) {
      shape[1 + i] = shapeOfRow[i];
    }
    return store.view(environment, from * size, shape);
  }
}
