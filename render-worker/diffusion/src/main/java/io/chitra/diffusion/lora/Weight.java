package io.chitra.diffusion.lora;

import io.chitra.diffusion.DiffusionException;
import io.chitra.diffusion.graph.ConstantValue;
import io.chitra.diffusion.graph.Node;
import io.chitra.diffusion.graph.OnnxGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The weight of a linear or convolution module, as an operation takes it: a matrix with a row for
 * each of its first dimension. Used by one thread, while LoRAs are added to it.
 */
record Weight(ConstantValue value, Layout layout) {

  private enum Layout {
    /** As PyTorch has it. */
    OUTPUTS_FIRST,
    INPUTS_FIRST
  }

  static Weight of(OnnxGraph graph, Node node) throws DiffusionException {
    boolean outputsFirst =
        switch (node.opType()) {
          case "Conv" -> true;
          case "Gemm" -> node.integer("transB", 0) == 1;
          default -> false;
        };
    return new Weight(
        ConstantValue.of(graph, node.inputs().get(Modules.WEIGHT)),
        outputsFirst ? Layout.OUTPUTS_FIRST : Layout.INPUTS_FIRST);
  }

  /** As PyTorch has it: outputs, inputs, and a convolution's kernel. */
  List<Long> shape() {
    List<Long> shape = new ArrayList<>(value.dims());
    if (layout == Layout.INPUTS_FIRST) {
      Collections.reverse(shape);
    }
    return shape;
  }

  /**
   * Whether a change fits: {@code down} is rank x inputs x kernel, {@code up} is outputs x rank; a
   * kernel of one element may be left out.
   */
  boolean fits(List<Long> down, List<Long> up) {
    List<Long> expectedDown = new ArrayList<>(shape());
    List<Long> expectedUp = List.of(expectedDown.get(0), down.get(0));
    expectedDown.set(0, down.get(0));
    return matrix(down).equals(matrix(expectedDown)) && matrix(up).equals(expectedUp);
  }

  /** Without dimensions of 1 at the end, down to a matrix. */
  private static List<Long> matrix(List<Long> shape) {
    int rank = shape.size();
    while (rank > 2 && shape.get(rank - 1) == 1) {
      rank--;
    }
    return shape.subList(0, rank);
  }

  /**
   * Adds {@code scale * up @ down} to the values in place, in float32.
   *
   * @param down of {@link #fits fitting} shape
   * @param up of fitting shape
   */
  void add(float scale, int rank, float[] down, float[] up) {
    float[][] downRows = rows(down, rank);
    float[][] upColumns = columns(up, rank);
    boolean outputsFirst = layout == Layout.OUTPUTS_FIRST;
    float[][] left = outputsFirst ? upColumns : downRows;
    float[][] right = outputsFirst ? downRows : upColumns;
    float[] sum = value.values();
    float[] row = new float[right[0].length];
    for (int i = 0; i < left[0].length; i++) {
      Arrays.fill(row, 0);
      for (int r = 0; r < rank; r++) {
        addScaled(left[r][i], right[r], row, 0);
      }
      addScaled(scale, row, sum, i * row.length);
    }
  }

  private static float[][] rows(float[] matrix, int rows) {
    int columns = matrix.length / rows;
    float[][] split = new float[rows][];
    for (int row = 0; row < rows; row++) {
      split[row] = Arrays.copyOfRange(matrix, row * columns, (row + 1) * columns);
    }
    return split;
  }

  private static float[][] columns(float[] matrix, int columns) {
    float[][] split = new float[columns][matrix.length / columns];
    for (int i = 0; i < matrix.length; i++) {
      split[i % columns][i / columns] = matrix[i];
    }
    return split;
  }

  private static void addScaled(float factor, float[] from, float[] to, int at) {
    for (int i = 0; i < from.length; i++) {
      to[at + i] += factor * from[i];
    }
  }
}
