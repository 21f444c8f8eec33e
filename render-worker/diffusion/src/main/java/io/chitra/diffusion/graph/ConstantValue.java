package io.chitra.diffusion.graph;

import io.chitra.diffusion.DiffusionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What a graph computes from its constants alone, such as a weight that is stored in fewer bits and
 * scaled, or transposed.
 *
 * @param type that the graph computes with from here on
 * @param dims outermost first
 * @param values the elements as float32
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ConstantValue(TensorType type, List<Long> dims, float[] values) {

  private static final Set<String> OPERATIONS = Set.of("Identity", "Cast", "Mul", "Transpose");

  public ConstantValue {
    dims = List.copyOf(dims);
  }

  /** Whether a value is computed from constants alone, in ways that are known here. */
  public static boolean isConstant(OnnxGraph graph, String value) throws DiffusionException {
    Node producer = graph.producer(value);
    if (producer == null || !OPERATIONS.contains(producer.opType())) {
      return graph.constant(value) != null;
    }
    for (String input : producer.inputs()) {
      if (!isConstant(graph, input)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Computes a constant.
   *
   * @throws IllegalArgumentException when the value is none
   * @throws DiffusionException permanent, when the graph does not go together
   */
  public static ConstantValue of(OnnxGraph graph, String value) throws DiffusionException {
    Tensor tensor = graph.constant(value);
    if (tensor != null) {
      return new ConstantValue(tensor.type(), tensor.dims(), tensor.floats());
    }
    Node producer = graph.producer(value);
    if (producer == null || !OPERATIONS.contains(producer.opType())) {
      throw new IllegalArgumentException(value + " is not a constant");
    }
    ConstantValue first = of(graph, producer.inputs().get(0));
    return switch (producer.opType()) {
      case "Cast" -> first.cast(TensorType.of(producer.integer("to", 0)));
      case "Mul" -> first.times(of(graph, producer.inputs().get(1)), producer);
      case "Transpose" -> first.transposed(producer);
      default -> first;
    };
  }

  private ConstantValue cast(TensorType to) {
    float[] cast = values;
    if (to == TensorType.FLOAT16) {
      cast = new float[values.length];
      for (int i = 0; i < cast.length; i++) {
        cast[i] = HalfPrecision.toFloat(HalfPrecision.fromFloat(values[i]));
      }
    }
    return new ConstantValue(to, dims, cast);
  }

  private ConstantValue times(ConstantValue other, Node node) throws DiffusionException {
    List<Long> product = broadcast(dims, other.dims, node);
    float[] left = expanded(product);
    float[] right = other.expanded(product);
    for (int i = 0; i < left.length; i++) {
      left[i] *= right[i];
    }
    return new ConstantValue(type, product, left);
  }

  private static List<Long> broadcast(List<Long> left, List<Long> right, Node node)
      throws DiffusionException {
    int rank = Math.max(left.size(), right.size());
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      long l = i < rank - left.size() ? 1 : left.get(i - rank + left.size());
      long r = i < rank - right.size() ? 1 : right.get(i - rank + right.size());
      if (l != r && l != 1 && r != 1) {
        throw mismatch(node, left + " and " + right + " do not go together");
      }
      all.add(Math.max(l, r));
    }
    return all;
  }

  private float[] expanded(List<Long> to) {
    int[] own = strides(dims);
    int[] strides = new int[to.size()];
    int missing = to.size() - dims.size();
    for (int i = missing; i < strides.length; i++) {
      strides[i] = dims.get(i - missing) == 1 ? 0 : own[i - missing];
    }
    return gathered(to, strides);
  }

  private ConstantValue transposed(Node node) throws DiffusionException {
    List<Long> permutation = node.integers("perm");
    int[] own = strides(dims);
    if (permutation.isEmpty()) {
      permutation = LongStream.range(0, own.length).map(i -> own.length - 1 - i).boxed().toList();
    }
    if (!permutation.stream()
        .sorted()
        .toList()
        .equals(LongStream.range(0, own.length).boxed().toList())) {
      throw mismatch(node, "it reorders %s by %s".formatted(dims, permutation));
    }
    List<Long> to = new ArrayList<>();
    int[] strides = new int[own.length];
    for (int i = 0; i < own.length; i++) {
      int from = permutation.get(i).intValue();
      to.add(dims.get(from));
      strides[i] = own[from];
    }
    return new ConstantValue(type, to, gathered(to, strides));
  }

  /** In elements, of a dense tensor. */
  private static int[] strides(List<Long> dims) {
    int[] strides = new int[dims.size()];
    int stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.toIntExact(dims.get(i));
    }
    return strides;
  }

  /** The elements of a dense tensor, each found by its indexes times strides. */
  private float[] gathered(List<Long> to, int[] strides) {
    float[] result =
        new float[to.stream().mapToInt(Math::toIntExact).reduce(1, Math::multiplyExact)];
    int[] index = new int[strides.length];
    int from = 0;
    for (int i = 0; i < result.length; i++) {
      result[i] = values[from];
      for (int axis = strides.length - 1; axis >= 0; axis--) {
        from += strides[axis];
        index[axis]++;
        if (index[axis] < to.get(axis)) {
          break;
        }
        from -= strides[axis] * index[axis];
        index[axis] = 0;
      }
    }
    return result;
  }

  private static DiffusionException mismatch(Node node, String why) {
    return DiffusionException.permanent(
        "Cannot compute %s %s of the graph: %s".formatted(node.opType(), node.name(), why));
  }
}
